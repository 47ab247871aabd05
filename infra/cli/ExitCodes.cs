namespace Realtime.Cli;

/// <summary>Exit codes; README.md tells them.</summary>
internal static class ExitCodes
{
    public const int Ok = 0;
    public const int Failed = 1;
    public const int Usage = 2;
    public const int Refused = 3;
    public const int Unreachable = 4;

    /// <summary>Of <c>exec</c>: the tool itself failed, and what it says is not the command's.</summary>
    public const int ExecFailed = 125;

    /// <summary>128 + SIGINT, as shells tell it.</summary>
    public const int Interrupted = 130;

    /// <summary>An exit code as a process can tell it: what is none of 0 to 255 becomes 1.</summary>
    public static int Of(int taskExitCode) => taskExitCode is >= 0 and <= 255 ? taskExitCode : Failed;
}

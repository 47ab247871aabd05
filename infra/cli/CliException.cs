namespace Realtime.Cli;

/// <summary>Ends the tool with a message for people, which says what to do, and an exit code.</summary>
internal sealed class CliException(string message, int exitCode) : Exception(message)
{
    /// <summary>The exit code.</summary>
    public int ExitCode { get; } = exitCode;
}

namespace Realtime.Devhost.Demo;

/// <summary>How a task ended.</summary>
/// <param name="Status">A status of PROTOCOL.md section 15.</param>
/// <param name="ExitCode">Exit code of the last program.</param>
/// <param name="Detail">Why, for people.</param>
internal sealed record DemoOutcome(string Status, int ExitCode, string Detail)
{
    // 128 + SIGKILL, as shells tell it: what is stopped is killed with all that it started.
    private const int ExitCodeKilled = 137;

    /// <summary>How loudly it is told: a level of PROTOCOL.md section 15.</summary>
    public string Level => Status switch { "done" => "info", "stopped" => "warning", _ => "error" };

    /// <summary>The same as a sentence.</summary>
    public string Sentence => $"{char.ToUpperInvariant(Status[0])}{Status[1..]}: {Detail}.";

    /// <summary>All steps succeeded.</summary>
    public static DemoOutcome Done(int steps) => new("done", 0, $"all {steps} steps succeeded");

    /// <summary>A step's program failed.</summary>
    public static DemoOutcome Failed(string step, int exitCode) =>
        new("failed", exitCode, $"step `{step}` ended with exit code {exitCode}");

    /// <summary>Somebody or something ended it early.</summary>
    public static DemoOutcome Stopped(string why) => new("stopped", ExitCodeKilled, why);

    /// <summary>Its program is gone, and it did not say goodbye.</summary>
    public static DemoOutcome Lost(string step) =>
        new("lost", ExitCodeKilled, $"its program was killed in step `{step}`, nothing was heard since");
}

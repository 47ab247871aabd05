namespace Realtime.Devhost.Demo;

/// <summary>One step of a task: a real command.</summary>
/// <param name="Name">What is being done, in a word or two.</param>
/// <param name="Command">The command, for <c>sh -c</c>.</param>
internal sealed record DemoStep(string Name, string Command)
{
    /// <summary>What the agent says as it begins, if anything.</summary>
    public string? Says { get; init; }

    /// <summary>What a person is asked before it begins, if anything: the agent waits.</summary>
    public string? Asks { get; init; }

    /// <summary>After so many bytes of output the program is killed, and nobody hears of the agent again.</summary>
    public int? KilledAfterBytes { get; init; }
}

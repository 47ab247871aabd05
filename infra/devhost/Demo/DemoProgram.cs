namespace Realtime.Devhost.Demo;

/// <summary>A real program that a demo agent runs again and again.</summary>
internal sealed record DemoProgram
{
    /// <summary>The agent's id.</summary>
    public required string Agent { get; init; }

    /// <summary>What the agent says it is about to do.</summary>
    public required string Intent { get; init; }

    /// <summary>The command, for <c>sh -c</c>.</summary>
    public required string Command { get; init; }

    /// <summary>Where it runs.</summary>
    public required string Directory { get; init; }

    /// <summary>Bytes of output expected the first time; later runs go by the one before.</summary>
    public required int ExpectedBytes { get; init; }

    /// <summary>Called before each run with its number, from 1: puts the directory into the state wanted.</summary>
    public Action<int>? Prepare { get; init; }
}

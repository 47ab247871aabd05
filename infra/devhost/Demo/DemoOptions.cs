namespace Realtime.Devhost.Demo;

/// <summary>How the demo agents behave: enough to look at, little enough to leave the machine to its user.</summary>
internal sealed record DemoOptions
{
    /// <summary>How fast a program's output is read, bytes per second, default 24 KiB: a person can follow.</summary>
    public int ReadBytesPerSecond { get; init; } = 24 * 1024;

    /// <summary>Most bytes of one terminal request, default 16 KiB.</summary>
    public int ChunkBytesMax { get; init; } = 16 * 1024;

    /// <summary>Rest between the end of one task and the start of the next, default 8 s.</summary>
    public TimeSpan PauseBetweenTasks { get; init; } = TimeSpan.FromSeconds(8);

    /// <summary>Longest run of one program before it is killed, default 2 min.</summary>
    public TimeSpan ProgramTimeout { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>First wait before a request is sent again, default 200 ms; doubles, with full jitter.</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>Longest wait before a request is sent again, default 5 s.</summary>
    public TimeSpan RetryDelayMax { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Time for telling that a task was stopped when the devhost ends, default 500 ms.</summary>
    public TimeSpan FarewellTimeout { get; init; } = TimeSpan.FromMilliseconds(500);
}

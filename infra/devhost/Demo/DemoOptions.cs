namespace Realtime.Devhost.Demo;

/// <summary>How the demo agents behave: enough to look at, little enough to leave the machine to its user.</summary>
internal sealed record DemoOptions
{
    /// <summary>How fast a program's output is read, bytes per second, default 8 KiB: a person can follow.</summary>
    public int ReadBytesPerSecond { get; init; } = 8 * 1024;

    /// <summary>Time from one read to the next, default 250 ms; each makes one request.</summary>
    public TimeSpan ReadInterval { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Shortest time from one published percentage of a step to the next, default 1 s.</summary>
    public TimeSpan ProgressInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The first tasks begin so far apart, default 2.5 s: not all at once.</summary>
    public TimeSpan Stagger { get; init; } = TimeSpan.FromSeconds(2.5);

    /// <summary>How long a task is queued, default 3 s.</summary>
    public TimeSpan QueueTime { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>How long an agent thinks before each command, default 1.5 s.</summary>
    public TimeSpan ThinkTime { get; init; } = TimeSpan.FromSeconds(1.5);

    /// <summary>How long an agent that asked waits for its answer, default 8 s.</summary>
    public TimeSpan ApprovalTime { get; init; } = TimeSpan.FromSeconds(8);

    /// <summary>How long nothing is heard of a killed agent before it counts as lost, default 4 s.</summary>
    public TimeSpan SilenceTime { get; init; } = TimeSpan.FromSeconds(4);

    /// <summary>Rest between the end of one task and the start of the next, default 10 s.</summary>
    public TimeSpan PauseBetweenTasks { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Longest run of one task, waiting included, before it is stopped, default 2 min.</summary>
    public TimeSpan TaskTimeout { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>First wait before a request is sent again, default 200 ms; doubles, with full jitter.</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>Longest wait before a request is sent again, default 5 s.</summary>
    public TimeSpan RetryDelayMax { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Time for telling that a task was stopped when the devhost ends, default 500 ms.</summary>
    public TimeSpan FarewellTimeout { get; init; } = TimeSpan.FromMilliseconds(500);
}

using Microsoft.Extensions.Logging;
using Realtime.Log;

namespace Realtime.Tests.EndToEnd;

/// <summary>What a <see cref="RealtimeSystem"/> is made of.</summary>
internal sealed record RealtimeSystemOptions
{
    /// <summary>Edges, all of them before all workers.</summary>
    public int Edges { get; init; } = 1;

    /// <summary>Workers.</summary>
    public int Workers { get; init; } = 1;

    /// <summary>Whether workers are processes of their own. Without Redis, each then has an embedded log of its own
    /// too.</summary>
    public bool AsProcesses { get; init; }

    /// <summary><c>HOST:PORT</c> of a Redis; null = one embedded log for all workers.</summary>
    public string? Redis { get; init; }

    /// <summary>What the embedded log keeps, if there is no Redis.</summary>
    public LogOptions Log { get; init; } = new();

    /// <summary>Whether starting waits until the edges can serve. Not so where the log is away at first.</summary>
    public bool WaitsUntilReady { get; init; } = true;

    /// <summary>Gets what the workers log, if given; whoever gives it keeps it.</summary>
    public ILoggerProvider? WorkerLogs { get; init; }

    /// <summary>The address by which edges reach a worker, if it is another than its own; asked as each edge starts.
    /// </summary>
    public Func<int, Uri, string>? WayToWorker { get; init; }

    /// <summary>More configuration of the edges, by key.</summary>
    public IReadOnlyDictionary<string, string> EdgeSettings { get; init; } = new Dictionary<string, string>();

    /// <summary>By how much the workers' clocks are ahead; not at all by default.</summary>
    public IReadOnlyList<TimeSpan>? ClocksAhead { get; init; }

    /// <summary>The one role of each worker, if they share the work; all of it by default.</summary>
    public IReadOnlyList<string>? Roles { get; init; }

    /// <summary>More configuration of the workers, by key.</summary>
    public IReadOnlyDictionary<string, string> WorkerSettings { get; init; } = new Dictionary<string, string>();
}

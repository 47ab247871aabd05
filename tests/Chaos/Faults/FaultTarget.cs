namespace Realtime.Tests.Chaos.Faults;

/// <summary>A part of the system, or a network between two.</summary>
internal enum FaultTarget
{
    /// <summary>A worker.</summary>
    Worker,

    /// <summary>An edge.</summary>
    Edge,

    /// <summary>Redis.</summary>
    Redis,

    /// <summary>All workers, one after the other.</summary>
    AllWorkers,

    /// <summary>Between clients and an edge.</summary>
    ClientsToEdge,

    /// <summary>Between an edge and a worker.</summary>
    EdgeToWorker,

    /// <summary>Between a worker and Redis.</summary>
    WorkerToRedis,
}

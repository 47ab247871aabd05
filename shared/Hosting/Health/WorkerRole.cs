namespace Realtime.Hosting.Health;

/// <summary>What a worker does; each can be scaled apart.</summary>
public enum WorkerRole
{
    /// <summary>Takes events and terminal bytes in, and keeps the log's house.</summary>
    Ingest,

    /// <summary>Serves viewers: live streams and history.</summary>
    Stream,
}

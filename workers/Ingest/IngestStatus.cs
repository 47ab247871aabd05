namespace Realtime.Workers.Ingest;

/// <summary>What became of one published event.</summary>
internal enum IngestStatus
{
    /// <summary>Stored now.</summary>
    Stored,

    /// <summary>Stored earlier under the same idempotency key or number.</summary>
    Duplicate,

    /// <summary>Its idempotency key was used for another event.</summary>
    Conflict,

    /// <summary>A later life of its producer is at work.</summary>
    StaleProducer,

    /// <summary>Numbers of its producer before its own are missing.</summary>
    ProducerGap,

    /// <summary>The slowest live reader of its stream is too far behind.</summary>
    Pressure,

    /// <summary>Its tenant, or all together, sent as much as they may in a second.</summary>
    RateLimited,

    /// <summary>An event before it, of the same stream, was refused.</summary>
    AfterRefused,

    /// <summary>The log did not answer; it may or may not have been stored.</summary>
    LogUnavailable,

    /// <summary>A fault of ours; it may or may not have been stored.</summary>
    Internal,
}

namespace Realtime.Workers.Ingest;

/// <summary>What bodies of requests over HTTP may take of a worker: bytes together, and time each.</summary>
internal sealed class BodyBudget(ByteBudget bytes, IngestOptions options, TimeProvider clock)
{
    public ByteBudget Bytes => bytes;

    /// <summary>How long one may take from its first byte to its last.</summary>
    public TimeSpan Timeout => options.BodyTimeout;

    public TimeProvider Clock => clock;
}

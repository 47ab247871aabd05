namespace Realtime.Loadtests.Results;

/// <summary>Names that scenarios and their thresholds share.</summary>
internal static class FigureNames
{
    public const string LatencyP50 = "latency_p50_ms";
    public const string LatencyP95 = "latency_p95_ms";
    public const string LatencyP99 = "latency_p99_ms";
    public const string LatencyMax = "latency_max_ms";
    public const string DeliveredPerSecond = "deliveries_per_s";
    public const string Missing = "missing";
    public const string Duplicates = "duplicates";
    public const string OutOfOrder = "out_of_order";
    public const string Misrouted = "misrouted";
    public const string Disconnected = "disconnected";
    public const string Refused = "refused";
    public const string StoredPerSecond = "stored_per_s";
    public const string AckP50 = "publish_ack_p50_ms";
    public const string AckP99 = "publish_ack_p99_ms";
    public const string MissingBytes = "missing_bytes";
    public const string RepeatedBytes = "repeated_bytes";
    public const string Inexact = "inexact_messages";
    public const string AnnouncedBytes = "announced_gap_bytes";
    public const string Paused = "producer_pauses";
    public const string WirePercent = "wire_percent_of_raw";
    public const string BatchCompressionsPerBatch = "batch_compressions_per_batch";
    public const string MemoryPerConnection = "server_memory_per_connection_kib";
}

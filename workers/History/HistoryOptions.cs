using System.ComponentModel.DataAnnotations;

namespace Realtime.Workers.History;

/// <summary>How much work one read over HTTP may be, and how many there may be at a time.</summary>
internal sealed record HistoryOptions
{
    /// <summary>Where it stands in the configuration.</summary>
    public const string Section = "connection_plane:history";

    /// <summary>
    /// Entries that one read of events looks at before it answers with what it has (100 to 100,000; default 10,000).
    /// </summary>
    [ConfigurationKeyName("entries_scanned_max"), Range(100, 100_000)]
    public int EntriesScannedMax { get; init; } = 10_000;

    /// <summary>
    /// Stored bytes of events in one answer, but at least one event (64 KiB to 64 MiB; default 4 MiB). Reading ahead
    /// holds as much again.
    /// </summary>
    [ConfigurationKeyName("answer_bytes_max"), Range(64 * 1024, 64 * 1024 * 1024)]
    public int AnswerBytesMax { get; init; } = 4 * 1024 * 1024;

    /// <summary>Reads of events and of agents' state at a time; more are refused (1 to 10,000; default 64).</summary>
    [ConfigurationKeyName("reads_max"), Range(1, 10_000)]
    public int ReadsMax { get; init; } = 64;

    /// <summary>
    /// Terminals being downloaded at a time, at 256 KiB each; more are refused (1 to 10,000; default 256).
    /// </summary>
    [ConfigurationKeyName("downloads_max"), Range(1, 10_000)]
    public int DownloadsMax { get; init; } = 256;

    /// <summary>
    /// How many of the reads one tenant may have under way (1 to 10,000; default 32): a client may take an answer as
    /// slowly as it likes, down to Kestrel's 240 bytes a second.
    /// </summary>
    [ConfigurationKeyName("reads_per_tenant_max"), Range(1, 10_000)]
    public int ReadsPerTenantMax { get; init; } = 32;

    /// <summary>How many of the downloads one tenant may have under way (1 to 10,000; default 64).</summary>
    [ConfigurationKeyName("downloads_per_tenant_max"), Range(1, 10_000)]
    public int DownloadsPerTenantMax { get; init; } = 64;
}

using Realtime.Protocol;

namespace Realtime.Log.Redis.Repartitioning;

/// <summary>A new stream while it is being made.</summary>
internal sealed class CopyTarget
{
    public required Epoch Epoch { get; init; }

    /// <summary>The last id that was given out.</summary>
    public EntryId Last { get; set; }

    /// <summary>Entries that are not written yet.</summary>
    public List<LogEntry> Pending { get; } = [];
}

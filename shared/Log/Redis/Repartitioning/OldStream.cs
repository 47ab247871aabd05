namespace Realtime.Log.Redis.Repartitioning;

/// <summary>An old stream while it is being read, a page at a time.</summary>
internal sealed class OldStream(int partition)
{
    public int Partition => partition;

    public LogEntry[] Page { get; set; } = [];

    /// <summary>The entry of the page that is next.</summary>
    public int Index { get; set; }
}

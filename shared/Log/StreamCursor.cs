using Realtime.Protocol;

namespace Realtime.Log;

/// <summary>
/// A position in one event stream: everything up to and including <paramref name="Entry"/> has been read.
/// </summary>
public readonly record struct StreamCursor(EntryId Entry, Epoch Epoch)
{
    /// <summary>The same, with the partition, as it goes on the wire.</summary>
    public EventPosition In(int partition) => new(partition, Entry, Epoch);
}

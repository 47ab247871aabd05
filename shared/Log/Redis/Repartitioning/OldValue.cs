using Realtime.Protocol;

namespace Realtime.Log.Redis.Repartitioning;

/// <summary>A latest value of an old stream.</summary>
/// <param name="Partition">The old partition.</param>
/// <param name="Id">Where its event stands, or stood.</param>
/// <param name="Target">The new partition.</param>
/// <param name="Key">The state key.</param>
/// <param name="Rest">What is stored behind the position: NUL, envelope.</param>
/// <param name="At">Ms of its last update.</param>
internal sealed record OldValue(int Partition, EntryId Id, int Target, string Key, byte[] Rest, double At)
{
    /// <summary>Whether retention took its event already.</summary>
    public bool IsTrimmed { get; set; }
}

namespace Realtime.Log.Memory;

/// <summary>
/// Bytes kept by the whole embedded log. Asking for room and taking it are two steps, so appends under way at the same
/// moment may exceed the limit together, by at most their own bytes.
/// </summary>
internal sealed class ByteBudget(long bytesMax)
{
    // What an item costs beside its bytes, rounded up: array header (24), slot in a ring of twice the size needed (2 x
    // 48).
    private const int EntryOverhead = 120;

    // Dictionary entry, list node and its object headers.
    private const int KeyOverhead = 160;

    private long _used;

    public long Used => Volatile.Read(ref _used);

    public long Max => bytesMax;

    /// <summary>What an entry or chunk costs.</summary>
    public static long CostOfEntry(int bytes) => bytes + EntryOverhead;

    /// <summary>What a key with a value costs.</summary>
    public static long CostOfKey(string key, int bytes) => 2 * key.Length + bytes + KeyOverhead;

    /// <summary>Whether so many bytes more would fit; always, if none are needed.</summary>
    public bool HasRoomFor(long bytes) => bytes <= 0 || Used + bytes <= bytesMax;

    /// <summary>Takes bytes, or gives them back if negative.</summary>
    public void Add(long bytes) => Interlocked.Add(ref _used, bytes);
}

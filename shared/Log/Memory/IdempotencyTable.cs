namespace Realtime.Log.Memory;

/// <summary>
/// The idempotency keys used lately in one stream, with a hash of what they were used for. Not thread-safe.
/// </summary>
internal sealed class IdempotencyTable(ByteBudget budget, int keysMax, long windowMs)
{
    private readonly Dictionary<string, Use> _uses = new(StringComparer.Ordinal);
    private readonly Queue<string> _byAge = new();

    /// <summary>
    /// Whether the key was used within the window; <paramref name="same"/> tells if for the same envelope.
    /// </summary>
    public bool TryFind(string key, ReadOnlySpan<byte> envelope, long nowMs, out StreamCursor first, out bool same)
    {
        Expire(nowMs);
        bool found = _uses.TryGetValue(key, out Use use);
        first = use.Position;
        same = found && use.Hash == HashOf(envelope);
        return found;
    }

    public void Add(string key, ReadOnlySpan<byte> envelope, long nowMs, StreamCursor position)
    {
        if (_uses.Count >= keysMax)
        {
            RemoveOldest();
        }

        _uses.Add(key, new Use(HashOf(envelope), nowMs, position));
        _byAge.Enqueue(key);
        budget.Add(ByteBudget.CostOfKey(key, 0));
    }

    /// <summary>Forgets the keys that were used longer ago than the window.</summary>
    public void Expire(long nowMs)
    {
        while (_byAge.TryPeek(out string? oldest) && _uses[oldest].UsedMs <= nowMs - windowMs)
        {
            RemoveOldest();
        }
    }

    public void Clear() => Expire(long.MaxValue);

    private void RemoveOldest()
    {
        string oldest = _byAge.Dequeue();
        _uses.Remove(oldest);
        budget.Add(-ByteBudget.CostOfKey(oldest, 0));
    }

    // 128 bits from two seeds: a producer who would make two bodies collide fools nobody but himself.
    private static UInt128 HashOf(ReadOnlySpan<byte> envelope) =>
        new(XxHash64.Hash(envelope, seed: 1), XxHash64.Hash(envelope));

    private readonly record struct Use(UInt128 Hash, long UsedMs, StreamCursor Position);
}

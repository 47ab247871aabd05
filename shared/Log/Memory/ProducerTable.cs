namespace Realtime.Log.Memory;

/// <summary>The producers of one stream that number their events. Not thread-safe.</summary>
internal sealed class ProducerTable(ByteBudget budget, int producersMax, int answersMax, long windowMs)
{
    // A list node and what it holds.
    private const int AnswerCost = 96;

    private readonly Dictionary<string, LinkedListNode<ProducerNumbers>> _producers = new(StringComparer.Ordinal);

    // Those without an event for longest first.
    private readonly LinkedList<ProducerNumbers> _byAge = new();

    /// <summary>What an event would cost by making its producer known.</summary>
    public long CostOf(ProducerNumber number) =>
        _producers.ContainsKey(KeyOf(number)) ? 0 : CostOf(KeyOf(number));

    /// <summary>The producer's numbers in the group; empty ones if it is not known.</summary>
    public ProducerNumbers Of(ProducerNumber number, long nowMs)
    {
        Expire(nowMs);
        string key = KeyOf(number);
        return _producers.TryGetValue(key, out LinkedListNode<ProducerNumbers>? known)
            ? known.Value
            : new ProducerNumbers(key, answersMax);
    }

    /// <summary>Keeps a producer that has stored something, as the one that did so last.</summary>
    public void Keep(ProducerNumbers producer)
    {
        if (_producers.TryGetValue(producer.Key, out LinkedListNode<ProducerNumbers>? known))
        {
            _byAge.Remove(known);
            _byAge.AddLast(known);
            return;
        }

        if (_producers.Count >= producersMax)
        {
            RemoveOldest();
        }

        _producers.Add(producer.Key, _byAge.AddLast(producer));
        budget.Add(CostOf(producer.Key));
    }

    /// <summary>Forgets the producers that stored nothing for longer than the window.</summary>
    public void Expire(long nowMs)
    {
        while (_byAge.First is { } oldest && oldest.Value.UsedMs <= nowMs - windowMs)
        {
            RemoveOldest();
        }
    }

    public void Clear() => Expire(long.MaxValue);

    private static string KeyOf(ProducerNumber number) => $"{number.Producer}/{number.Group}";

    // As if all answers that may be kept were.
    private long CostOf(string key) => ByteBudget.CostOfKey(key, answersMax * AnswerCost);

    private void RemoveOldest()
    {
        string oldest = _byAge.First!.Value.Key;
        _producers.Remove(oldest);
        _byAge.RemoveFirst();
        budget.Add(-CostOf(oldest));
    }
}

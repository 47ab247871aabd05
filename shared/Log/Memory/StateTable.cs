namespace Realtime.Log.Memory;

/// <summary>
/// The latest value of each state key of one stream, in order of the ids that set them, so that the one set longest ago
/// is first. Not thread-safe.
/// </summary>
internal sealed class StateTable(ByteBudget budget, int keysMax)
{
    private readonly Dictionary<string, LinkedListNode<StateValue>> _byKey = new(StringComparer.Ordinal);
    private readonly LinkedList<StateValue> _byAge = new();

    public void Set(string key, StreamCursor position, ReadOnlyMemory<byte> envelope)
    {
        Remove(key);
        if (_byAge.Count >= keysMax)
        {
            Remove(_byAge.First!.Value.StateKey);
        }

        _byKey.Add(key, _byAge.AddLast(new StateValue(key, position, envelope)));
        budget.Add(ByteBudget.CostOfKey(key, envelope.Length));
    }

    public void Remove(string key)
    {
        if (_byKey.Remove(key, out LinkedListNode<StateValue>? node))
        {
            _byAge.Remove(node);
            budget.Add(-ByteBudget.CostOfKey(key, node.Value.Envelope.Length));
        }
    }

    /// <summary>Removes values that were set before a time.</summary>
    /// <returns>How many.</returns>
    public int Expire(long oldestMs)
    {
        int before = _byAge.Count;
        while (_byAge.First is { } oldest && oldest.Value.Position.Entry.Ms < oldestMs)
        {
            Remove(oldest.Value.StateKey);
        }

        return before - _byAge.Count;
    }

    public StateValue[] Values() => [.. _byAge];
}

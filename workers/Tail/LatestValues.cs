using System.Collections.Concurrent;
using Realtime.Workers.Delivery;

namespace Realtime.Workers.Tail;

/// <summary>
/// The latest value of each state key of one stream, at the tail's position. Written by the tail loop alone; send loops
/// look up single keys, to leave out values that were replaced.
/// </summary>
internal sealed class LatestValues(int keysMax)
{
    private readonly ConcurrentDictionary<string, SharedEvent> _values = new(StringComparer.Ordinal);

    // Oldest first. Owned by the tail loop.
    private readonly Queue<SharedEvent> _updates = new();

    /// <summary>
    /// Whether a later value of the event's state key is known. A key that is not known says nothing: the tail may be
    /// behind the reader who asks.
    /// </summary>
    public bool IsSuperseded(SharedEvent item) =>
        item.Envelope.StateKey is { } key
        && _values.TryGetValue(key, out SharedEvent? latest)
        && latest.Position.Epoch == item.Position.Epoch
        && latest.Position.Entry > item.Position.Entry;

    /// <summary>Takes note of an event. By the tail loop.</summary>
    public void Apply(SharedEvent item)
    {
        if (item.Envelope.StateKey is not { } key)
        {
            return;
        }

        if (item.Envelope.IsPayloadNil)
        {
            _values.TryRemove(key, out _);
            return;
        }

        _values[key] = item;
        _updates.Enqueue(item);
        if (_updates.Count >= 2 * keysMax)
        {
            Compact();
        }
    }

    /// <summary>Forgets all. By the tail loop.</summary>
    public void Clear()
    {
        _values.Clear();
        _updates.Clear();
    }

    /// <summary>
    /// Values that are wanted, in the order of their ids; those appended before <paramref name="oldestMs"/> have
    /// expired. By the tail loop, so that they all belong to its position.
    /// </summary>
    public List<SharedEvent> Select(Func<SharedEvent, bool> wanted, long oldestMs)
    {
        var selected = new List<SharedEvent>();
        foreach ((string key, SharedEvent item) in _values)
        {
            if (item.Position.Entry.Ms < oldestMs)
            {
                _values.TryRemove(key, out _);
            }
            else if (wanted(item))
            {
                selected.Add(item);
            }
        }

        selected.Sort(static (left, right) => left.Position.Entry.CompareTo(right.Position.Entry));
        return selected;
    }

    // Once per keysMax updates at the most, so that an update costs the same however many keys there are.
    private void Compact()
    {
        for (int i = _updates.Count; i > 0; i--)
        {
            SharedEvent update = _updates.Dequeue();
            if (_values.TryGetValue(update.Envelope.StateKey!, out SharedEvent? latest) && latest == update)
            {
                _updates.Enqueue(update);
            }
        }

        // The log evicts by the same rule: the key that was updated longest ago.
        while (_updates.Count > keysMax)
        {
            _values.TryRemove(_updates.Dequeue().Envelope.StateKey!, out _);
        }
    }
}

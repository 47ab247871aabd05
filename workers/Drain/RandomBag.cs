namespace Realtime.Workers.Drain;

/// <summary>Items that are taken in random order; all is done in constant time. Not safe for two threads.</summary>
internal sealed class RandomBag<T>
    where T : notnull
{
    private readonly List<T> _items = [];
    private readonly Dictionary<T, int> _places = [];

    public int Count => _items.Count;

    public void Add(T item)
    {
        _places.Add(item, _items.Count);
        _items.Add(item);
    }

    public void Remove(T item)
    {
        if (!_places.Remove(item, out int place))
        {
            return;
        }

        // The last one moves to its place.
        T last = _items[^1];
        _items.RemoveAt(_items.Count - 1);
        if (place < _items.Count)
        {
            _items[place] = last;
            _places[last] = place;
        }
    }

    /// <summary>Takes any one out; there must be one.</summary>
    public T Take()
    {
        T item = _items[Random.Shared.Next(_items.Count)];
        Remove(item);
        return item;
    }
}

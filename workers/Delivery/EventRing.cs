namespace Realtime.Workers.Delivery;

/// <summary>
/// References to shared events that wait for one connection, oldest first, bounded by number and bytes. Grows from
/// nothing as needed, so that an idle connection has none. Guarded by the outbox's gate.
/// </summary>
internal sealed class EventRing(int eventsMax, int bytesMax)
{
    private const int SmallestSize = 8;

    private Item[] _items = [];
    private int _head;
    private int _bytes;

    internal readonly record struct Item(StreamFeed Feed, SharedEvent Event, int Bytes);

    public int Count { get; private set; }

    /// <summary>Adds an event; false if there is no room. A single event always finds room, whatever its
    /// size.</summary>
    public bool TryAdd(StreamFeed feed, SharedEvent item, int bytes)
    {
        if (Count >= eventsMax || (Count > 0 && _bytes + bytes > bytesMax))
        {
            return false;
        }

        if (Count == _items.Length)
        {
            Grow();
        }

        At(Count) = new Item(feed, item, bytes);
        Count++;
        _bytes += bytes;
        feed.InRing++;
        return true;
    }

    /// <summary>The feed's oldest event here.</summary>
    public SharedEvent? FirstOf(StreamFeed feed)
    {
        for (int i = 0; feed.InRing > 0 && i < Count; i++)
        {
            if (At(i).Feed == feed)
            {
                return At(i).Event;
            }
        }

        return null;
    }

    /// <summary>Takes the feed's events out; the others keep their order.</summary>
    public void Remove(StreamFeed feed)
    {
        if (feed.InRing == 0)
        {
            return;
        }

        int kept = 0;
        for (int i = 0; i < Count; i++)
        {
            Item item = At(i);
            At(i) = default;
            if (item.Feed == feed)
            {
                _bytes -= item.Bytes;
            }
            else
            {
                At(kept++) = item;
            }
        }

        Count = kept;
        feed.InRing = 0;
    }

    /// <summary>Takes all out, oldest first.</summary>
    public void Drain(Action<Item> take)
    {
        int count = Count;
        Count = 0;
        _bytes = 0;
        for (int i = 0; i < count; i++)
        {
            Item item = At(i);
            At(i) = default;
            item.Feed.InRing--;
            take(item);
        }

        _head = 0;
    }

    private ref Item At(int index) => ref _items[(_head + index) % _items.Length];

    private void Grow()
    {
        var grown = new Item[Math.Max(SmallestSize, _items.Length * 2)];
        for (int i = 0; i < Count; i++)
        {
            grown[i] = At(i);
        }

        _items = grown;
        _head = 0;
    }
}

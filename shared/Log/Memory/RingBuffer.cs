namespace Realtime.Log.Memory;

/// <summary>
/// A queue that can be indexed: the retained part of a stream. Grows and shrinks with its content; not thread-safe.
/// </summary>
internal sealed class RingBuffer<T>
{
    private const int CapacityMin = 16;

    private T[] _items = [];
    private int _head;

    public int Count { get; private set; }

    /// <summary>The item at an index from the oldest.</summary>
    public T this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)Count, nameof(index));
            return _items[Slot(index)];
        }
    }

    public void Add(T item)
    {
        if (Count == _items.Length)
        {
            Resize(Math.Max(CapacityMin, Count * 2));
        }

        _items[Slot(Count)] = item;
        Count++;
    }

    public T RemoveOldest()
    {
        T oldest = this[0];
        _items[_head] = default!;
        _head = Slot(1);
        Count--;

        // A quarter, not a half: a queue about a power of two must not resize again and again.
        if (_items.Length > CapacityMin && Count <= _items.Length / 4)
        {
            Resize(Math.Max(CapacityMin, _items.Length / 2));
        }

        return oldest;
    }

    /// <summary>Copies <paramref name="count"/> items from an index on.</summary>
    public T[] Slice(int index, int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)index + (uint)count, (uint)Count, nameof(count));
        if (count == 0)
        {
            return [];
        }

        T[] slice = new T[count];
        int first = Slot(index);
        int untilWrap = Math.Min(count, _items.Length - first);
        Array.Copy(_items, first, slice, 0, untilWrap);
        Array.Copy(_items, 0, slice, untilWrap, count - untilWrap);
        return slice;
    }

    public void Clear()
    {
        _items = [];
        _head = 0;
        Count = 0;
    }

    // Capacities are powers of two.
    private int Slot(int index) => (_head + index) & (_items.Length - 1);

    private void Resize(int capacity)
    {
        T[] items = new T[capacity];
        Slice(0, Count).CopyTo(items, 0);
        _items = items;
        _head = 0;
    }
}

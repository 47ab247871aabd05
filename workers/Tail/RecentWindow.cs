using Realtime.Protocol;
using Realtime.Workers.Delivery;

namespace Realtime.Workers.Tail;

/// <summary>
/// The latest events of one stream, in memory, by offset. Written by the tail loop alone, read by any send loop without
/// a lock: a slot holds one immutable event that knows its own place, so a reader sees either the event it asked for or
/// none.
/// </summary>
internal sealed class RecentWindow
{
    private readonly SharedEvent?[] _slots;
    private readonly long _bytesMax;
    private long _first = 1;
    private long _next = 1;
    private long _bytes;

    /// <param name="entriesMax">Events kept at most; rounded up to a power of two.</param>
    /// <param name="bytesMax">Bytes kept at most, about; the latest event is always kept.</param>
    public RecentWindow(int entriesMax, long bytesMax)
    {
        _slots = new SharedEvent?[System.Numerics.BitOperations.RoundUpToPowerOf2((uint)entriesMax)];
        _bytesMax = bytesMax;
    }

    /// <summary>The event with this offset in this epoch, if it is still here.</summary>
    public SharedEvent? Find(long offset, Epoch epoch)
    {
        SharedEvent? item = Volatile.Read(ref _slots[offset & (_slots.Length - 1)]);
        return item is not null && item.Offset == offset && item.Position.Epoch == epoch ? item : null;
    }

    /// <summary>Adds the next event. By the tail loop.</summary>
    public void Add(SharedEvent item)
    {
        if (item.Offset != _next)
        {
            Clear();
            _first = item.Offset;
        }

        _next = item.Offset + 1;
        _bytes += item.Weight;
        while (_next - _first > _slots.Length || (_bytes > _bytesMax && _next - _first > 1))
        {
            Evict();
        }

        Volatile.Write(ref _slots[item.Offset & (_slots.Length - 1)], item);
    }

    /// <summary>Forgets all. By the tail loop.</summary>
    public void Clear()
    {
        while (_first < _next)
        {
            Evict();
        }

        _bytes = 0;
    }

    /// <summary>The ids held, oldest first. By the tail loop.</summary>
    public IReadOnlyList<EntryId> Ids()
    {
        var ids = new List<EntryId>();
        for (long offset = _first; offset < _next; offset++)
        {
            if (_slots[offset & (_slots.Length - 1)] is { } item)
            {
                ids.Add(item.Position.Entry);
            }
        }

        return ids;
    }

    private void Evict()
    {
        ref SharedEvent? slot = ref _slots[_first & (_slots.Length - 1)];
        if (slot is not null && slot.Offset == _first)
        {
            _bytes -= slot.Weight;
            Volatile.Write(ref slot, null);
        }

        _first++;
    }
}

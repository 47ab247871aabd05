using System.Runtime.InteropServices;
using Realtime.Protocol;

namespace Realtime.Client.Subscriptions;

/// <summary>
/// The newest position of each stream, by the rules of PROTOCOL.md section 6: never back within an epoch, and another
/// epoch always counts.
/// </summary>
internal sealed class Cursor
{
    private readonly Dictionary<int, EventPosition> _positions = [];

    public Cursor()
    {
    }

    public Cursor(IEnumerable<EventPosition> positions) => Adopt(positions);

    public bool IsEmpty => _positions.Count == 0;

    /// <summary>A copy of the positions, one for each stream.</summary>
    public IReadOnlyList<EventPosition> Positions => [.. _positions.Values];

    /// <summary>Takes over what the server says is covered.</summary>
    public void Adopt(IEnumerable<EventPosition> positions)
    {
        foreach (EventPosition position in positions)
        {
            TryMove(position);
        }
    }

    /// <summary>
    /// Moves to a position; false if that is not after this cursor: what stands there has been seen.
    /// </summary>
    public bool TryMove(EventPosition position)
    {
        ref EventPosition mine =
            ref CollectionsMarshal.GetValueRefOrAddDefault(_positions, position.Partition, out bool exists);
        if (exists && mine.Epoch == position.Epoch && mine.Entry.Offset >= position.Entry.Offset)
        {
            return false;
        }

        mine = position;
        return true;
    }

    public void Clear() => _positions.Clear();
}

using Realtime.Protocol;

namespace Realtime.Client.Subscriptions;

/// <summary>
/// What an application has taken: the positions of the items that it took, and what the server said is covered, each
/// counted once everything before it is taken; and none of it before values that were promised are complete.
/// </summary>
internal sealed class TakenCursor(IEnumerable<EventPosition> positions)
{
    private readonly Cursor _taken = new(positions);
    private readonly Cursor _coveredNext = new();

    // What has come since a snapshot was promised: none of it counts before the snapshot's end is taken.
    private Cursor? _held;

    /// <summary>Whether values were promised that have not all come.</summary>
    public bool IsHeld => _held is not null;

    public IReadOnlyList<EventPosition> Positions => _taken.Positions;

    /// <summary>Values are promised: a process that ends in their middle must get them again.</summary>
    public void Hold() => _held ??= new Cursor();

    /// <summary>They are complete: what was held counts behind what waits now.</summary>
    public void Release()
    {
        _coveredNext.Adopt(_held?.Positions ?? []);
        _held = null;
    }

    /// <summary>The server said that all up to there came or did not match: counts behind what waits now.</summary>
    public void CoverNext(IReadOnlyList<EventPosition> positions) => (_held ?? _coveredNext).Adopt(positions);

    /// <summary>Counts what is covered if nothing is left to be taken before it.</summary>
    public void CoverIf(bool isIdle)
    {
        if (isIdle)
        {
            _taken.Adopt(TakeCovered());
        }
    }

    /// <summary>Where the application stands with the item that is put behind what waits now.</summary>
    public EventPlace PlaceOf(EventPosition? own)
    {
        IReadOnlyList<EventPosition>? covered = _coveredNext.IsEmpty ? null : TakeCovered();
        if (_held is null || own is not { } position)
        {
            return new EventPlace(own, covered);
        }

        _held.TryMove(position);
        return new EventPlace(null, covered);
    }

    /// <summary>An item was taken.</summary>
    public void Take(EventPlace place)
    {
        _taken.Adopt(place.Covered ?? []);
        if (place.Own is { } own)
        {
            _taken.TryMove(own);
        }
    }

    private IReadOnlyList<EventPosition> TakeCovered()
    {
        IReadOnlyList<EventPosition> covered = _coveredNext.Positions;
        _coveredNext.Clear();
        return covered;
    }
}

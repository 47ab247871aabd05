using Realtime.Protocol;

namespace Realtime.Client.Subscriptions;

/// <summary>
/// What an application has taken: the positions of the items that it took, and what the server said is covered, each
/// counted
/// once everything before it is taken.
/// </summary>
internal sealed class TakenCursor(IEnumerable<EventPosition> positions)
{
    private readonly Cursor _taken = new(positions);
    private readonly Cursor _coveredNext = new();

    public IReadOnlyList<EventPosition> Positions => _taken.Positions;

    /// <summary>The server said that all up to there came or did not match: counts behind what waits now.</summary>
    public void CoverNext(IReadOnlyList<EventPosition> positions) => _coveredNext.Adopt(positions);

    /// <summary>Counts what is covered if nothing is left to be taken before it.</summary>
    public void CoverIf(bool isIdle)
    {
        if (isIdle)
        {
            _taken.Adopt(TakeCovered());
        }
    }

    /// <summary>Where the application stands with the item that is put behind what waits now.</summary>
    public EventPlace PlaceOf(EventPosition? own) => new(own, _coveredNext.IsEmpty ? null : TakeCovered());

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

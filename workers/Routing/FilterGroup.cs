using System.Runtime.InteropServices;
using Realtime.Protocol.Subscriptions;
using Realtime.Workers.Delivery;

namespace Realtime.Workers.Routing;

/// <summary>The feeds whose subscriptions have one and the same filter. Owned by one tail loop.</summary>
internal sealed class FilterGroup(EventFilter filter)
{
    private readonly List<StreamFeed> _feeds = [];

    // Where a feed stands in the list, and how many of its subscriptions have this filter.
    private readonly Dictionary<StreamFeed, (int Index, int Subscriptions)> _places = [];

    public EventFilter Filter => filter;

    public bool IsEmpty => _feeds.Count == 0;

    public ReadOnlySpan<StreamFeed> Feeds => CollectionsMarshal.AsSpan(_feeds);

    public void Add(StreamFeed feed)
    {
        if (_places.TryGetValue(feed, out (int Index, int Subscriptions) place))
        {
            _places[feed] = (place.Index, place.Subscriptions + 1);
            return;
        }

        _places.Add(feed, (_feeds.Count, 1));
        _feeds.Add(feed);
    }

    /// <summary>Takes one subscription of the feed off; false if it has none here.</summary>
    public bool Remove(StreamFeed feed)
    {
        if (!_places.TryGetValue(feed, out (int Index, int Subscriptions) place))
        {
            return false;
        }

        if (place.Subscriptions > 1)
        {
            _places[feed] = (place.Index, place.Subscriptions - 1);
            return true;
        }

        // The last one takes its place: order among viewers means nothing.
        StreamFeed last = _feeds[^1];
        _feeds[place.Index] = last;
        _feeds.RemoveAt(_feeds.Count - 1);
        _places[last] = (place.Index, _places[last].Subscriptions);
        _places.Remove(feed);
        return true;
    }
}

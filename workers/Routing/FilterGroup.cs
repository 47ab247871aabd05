using System.Runtime.InteropServices;
using Realtime.Protocol.Subscriptions;
using Realtime.Workers.Delivery;

namespace Realtime.Workers.Routing;

/// <summary>The feeds whose subscriptions have one and the same filter. Owned by one tail loop.</summary>
internal sealed class FilterGroup(EventFilter filter)
{
    private readonly List<StreamFeed> _feeds = [];

    // Those of feeds whose own place is in another group: most feeds have one subscription, and so one place, which
    // they keep themselves. A table of all would be a KiB for each viewer, over all streams.
    private Dictionary<StreamFeed, RoutedPlace>? _places;

    public EventFilter Filter => filter;

    public bool IsEmpty => _feeds.Count == 0;

    public ReadOnlySpan<StreamFeed> Feeds => CollectionsMarshal.AsSpan(_feeds);

    public void Add(StreamFeed feed)
    {
        if (Find(feed) is { } place)
        {
            Put(feed, place with { Subscriptions = place.Subscriptions + 1 });
            return;
        }

        Put(feed, new RoutedPlace(this, _feeds.Count, 1));
        _feeds.Add(feed);
    }

    /// <summary>Takes one subscription of the feed off; false if it has none here.</summary>
    public bool Remove(StreamFeed feed)
    {
        if (Find(feed) is not { } place)
        {
            return false;
        }

        if (place.Subscriptions > 1)
        {
            Put(feed, place with { Subscriptions = place.Subscriptions - 1 });
            return true;
        }

        // The last one takes its place: order among viewers means nothing.
        StreamFeed last = _feeds[^1];
        _feeds[place.Index] = last;
        _feeds.RemoveAt(_feeds.Count - 1);
        Put(last, Find(last)!.Value with { Index = place.Index });
        Forget(feed);
        return true;
    }

    private RoutedPlace? Find(StreamFeed feed) =>
        feed.Place.Group == this ? feed.Place
        : _places is not null && _places.TryGetValue(feed, out RoutedPlace place) ? place
        : null;

    private void Put(StreamFeed feed, RoutedPlace place)
    {
        bool isFree = feed.Place.Group is null && _places?.ContainsKey(feed) != true;
        if (isFree || feed.Place.Group == this)
        {
            feed.Place = place;
        }
        else
        {
            (_places ??= [])[feed] = place;
        }
    }

    private void Forget(StreamFeed feed)
    {
        if (feed.Place.Group == this)
        {
            feed.Place = default;
        }
        else
        {
            _places!.Remove(feed);
        }
    }
}

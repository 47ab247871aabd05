using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Realtime.Protocol.Events;
using Realtime.Protocol.Subscriptions;
using Realtime.Workers.Delivery;

namespace Realtime.Workers.Routing;

/// <summary>
/// Finds the feeds that want an event, by index and not by asking each: a filter stands under its exact agents, else
/// its exact tasks, else its channels. Viewers with equal filters are one group, whose filter is matched once. Owned by
/// one tail loop.
/// </summary>
internal sealed class RoutingTable(TimeProvider clock, TimeSpan conflationInterval)
{
    private const int Channels = 8;

    private readonly long _conflationTicks = (long)(conflationInterval.TotalSeconds * clock.TimestampFrequency);
    private readonly Dictionary<EventFilter, FilterGroup> _groups = [];
    private readonly Dictionary<string, List<FilterGroup>> _byAgent = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<FilterGroup>> _byTask = new(StringComparer.Ordinal);
    private readonly List<FilterGroup>[] _byChannel =
        [.. Enumerable.Range(0, Channels).Select(_ => new List<FilterGroup>())];

    // Each knows its index, and how many of its subscriptions are here.
    private readonly List<StreamFeed> _feeds = [];
    private readonly WakeList _wakes = new();

    /// <summary>Every feed that has a subscription here.</summary>
    public IReadOnlyCollection<StreamFeed> Feeds => _feeds;

    public void Add(StreamFeed feed, Subscription subscription)
    {
        if (feed.RoutedSubscriptions++ == 0)
        {
            feed.RoutedIndex = _feeds.Count;
            _feeds.Add(feed);
        }

        Add(feed, subscription.Alternatives);
    }

    /// <summary>Has a subscription of a feed found by other filters.</summary>
    public void Replace(StreamFeed feed, ImmutableArray<EventFilter> before, ImmutableArray<EventFilter> after)
    {
        if (feed.RoutedSubscriptions > 0)
        {
            Remove(feed, before);
            Add(feed, after);
        }
    }

    private void Add(StreamFeed feed, ImmutableArray<EventFilter> filters)
    {
        foreach (EventFilter filter in filters)
        {
            if (!_groups.TryGetValue(filter, out FilterGroup? group))
            {
                group = new FilterGroup(filter);
                _groups.Add(filter, group);
                Index(group, static (list, item) => list.Add(item));
            }

            group.Add(feed);
        }
    }

    public void Remove(StreamFeed feed, Subscription subscription)
    {
        if (feed.RoutedSubscriptions == 0)
        {
            return;
        }

        if (--feed.RoutedSubscriptions == 0)
        {
            StreamFeed last = _feeds[^1];
            _feeds[feed.RoutedIndex] = last;
            last.RoutedIndex = feed.RoutedIndex;
            _feeds.RemoveAt(_feeds.Count - 1);
        }

        Remove(feed, subscription.Alternatives);
    }

    private void Remove(StreamFeed feed, ImmutableArray<EventFilter> filters)
    {
        foreach (EventFilter filter in filters)
        {
            if (_groups.TryGetValue(filter, out FilterGroup? group) && group.Remove(feed) && group.IsEmpty)
            {
                _groups.Remove(filter);
                Index(group, static (list, item) => list.Remove(item));
            }
        }
    }

    /// <summary>Offers an event to every feed that wants it, to each once. They are sent nothing before
    /// <see cref="Flush"/>.</summary>
    public void Route(SharedEvent item)
    {
        if (_feeds.Count == 0)
        {
            return;
        }

        EventEnvelope envelope = item.Envelope;
        long now = clock.GetTimestamp();
        if (envelope.Agent is { } agent && _byAgent.TryGetValue(agent, out List<FilterGroup>? groups))
        {
            Offer(groups, item, now);
        }

        if (envelope.Task is { } task && _byTask.TryGetValue(task, out groups))
        {
            Offer(groups, item, now);
        }

        Offer(_byChannel[(int)envelope.Channel], item, now);
    }

    /// <summary>Wakes whoever was offered something.</summary>
    public void Flush() => _wakes.Flush();

    /// <summary>Wakes whoever was offered something, on this thread.</summary>
    public void FlushHere() => _wakes.FlushHere();

    private void Offer(List<FilterGroup> groups, SharedEvent item, long now)
    {
        foreach (FilterGroup group in groups)
        {
            if (!group.Filter.Matches(item.Envelope))
            {
                continue;
            }

            foreach (StreamFeed feed in group.Feeds)
            {
                // Several of its subscriptions may match: the connection gets the event once.
                if (feed.LastRouted != item)
                {
                    feed.LastRouted = item;
                    feed.Offer(item, now, _conflationTicks, _wakes);
                }
            }
        }
    }

    private void Index(FilterGroup group, Action<List<FilterGroup>, FilterGroup> change)
    {
        EventFilter filter = group.Filter;
        if (IsExact(filter.Agents))
        {
            ChangeNamed(_byAgent, filter.Agents, group, change);
        }
        else if (IsExact(filter.Tasks))
        {
            ChangeNamed(_byTask, filter.Tasks, group, change);
        }
        else
        {
            for (int channel = 1; channel < Channels; channel++)
            {
                if (filter.Channels.Contains((Channel)channel))
                {
                    change(_byChannel[channel], group);
                }
            }
        }
    }

    private static void ChangeNamed(
        Dictionary<string, List<FilterGroup>> index, IEnumerable<NamePattern> names, FilterGroup group,
        Action<List<FilterGroup>, FilterGroup> change)
    {
        foreach (string name in names.Select(static pattern => pattern.Text).Distinct())
        {
            ref List<FilterGroup>? list = ref CollectionsMarshal.GetValueRefOrAddDefault(index, name, out _);
            list ??= [];
            change(list, group);
            if (list.Count == 0)
            {
                index.Remove(name);
            }
        }
    }

    private static bool IsExact(System.Collections.Immutable.ImmutableArray<NamePattern> patterns)
    {
        foreach (NamePattern pattern in patterns)
        {
            if (pattern.IsPrefix)
            {
                return false;
            }
        }

        return !patterns.IsEmpty;
    }
}

using System.Collections.Immutable;
using Realtime.Hosting.Identity;
using Realtime.Log;
using Realtime.Protocol;
using Realtime.Protocol.Messages;
using Realtime.Protocol.Subscriptions;
using Realtime.Workers.Delivery;
using Realtime.Workers.Tail;

namespace Realtime.Workers.Connections;

/// <summary>
/// The event subscriptions of one connection. A subscription covers all streams of the tenant: an event's group may put
/// it on any. Used by the connection's receive loop alone.
/// </summary>
internal sealed class EventSubscriber(
    string tenant, Outbox outbox, int partitionCount, TailRegistry<StreamKey, StreamTail> tails, HistoryReader history,
    DeliveryMetrics metrics)
    : IAsyncDisposable
{
    private readonly Dictionary<string, Subscribed> _subscriptions = new(StringComparer.Ordinal);
    private ImmutableArray<StreamFeed> _feeds = [];

    private sealed record Subscribed(EventFilter Wanted, Subscription Subscription, Task Started)
    {
        /// <summary>Where it stood on each stream when it was paused; null while it is not.</summary>
        public StreamCursor[]? PausedAt { get; set; }
    }

    public int Count => _subscriptions.Count;

    public bool Has(string id) => _subscriptions.ContainsKey(id);

    /// <summary>Makes a subscription; <paramref name="alternatives"/> is its filter, narrowed to the grants.</summary>
    /// <exception cref="LogUnavailableException">Nothing was subscribed; worth a retry.</exception>
    public async Task SubscribeAsync(
        ClientMessage.Subscribe message, ImmutableArray<EventFilter> alternatives, CancellationToken connectionClosed)
    {
        await FollowAllAsync(connectionClosed);
        var subscription = new Subscription(message.Id, alternatives, message.Conflate);
        var starts = new StreamCursor?[_feeds.Length];
        var gaps = new List<Gap>();
        if (message.Resumes)
        {
            await FindStartsAsync(message.After, starts, gaps, connectionClosed);
        }

        bool recovered = message.Resumes && gaps.TrueForAll(static gap => gap.Missing == 0);
        bool snapshot = message.Snapshot && !recovered;
        if (snapshot)
        {
            // A stream that is whole is replayed; one with a gap begins at its end, with its latest values.
            gaps.ForEach(gap => starts[gap.After.Partition] = null);
        }

        Joined[] joined = await JoinAsync(subscription, starts, snapshot);
        var start = new SubscriptionStart
        {
            Subscription = subscription,
            Joiners = [.. joined.Select(static join => join.Joiner)],
            Cursor = [.. joined.Select((join, partition) => join.Joiner.Position.In(partition))],
            Recovered = message.Resumes ? recovered : null,
            Reason = message.Resumes && !recovered ? gaps[0].Reason : null,
            Gaps = snapshot ? [.. gaps.Select(gap => gap.Until(joined[gap.After.Partition].Joiner.Position))] : gaps,
            Snapshot = snapshot ? [.. joined.SelectMany(static join => join.Values)] : null,
        };
        _subscriptions.Add(message.Id, new Subscribed(message.Filter, subscription, start.Ended));
        outbox.PostStart(start);
        metrics.Subscribed(start.Recovered);
    }

    /// <summary>
    /// Has each subscription show what the grants of now allow of its filter, from its next event on; returns the ids
    /// of those that nothing is left of, which go on as they were.
    /// </summary>
    public async Task<IReadOnlyList<string>> NarrowAsync(Grants grants)
    {
        var lost = new List<string>();
        foreach ((string id, Subscribed subscribed) in _subscriptions)
        {
            ImmutableArray<EventFilter> fresh = grants.NarrowRead(subscribed.Wanted);
            Subscription subscription = subscribed.Subscription;
            ImmutableArray<EventFilter> before = subscription.Alternatives;
            if (fresh.IsEmpty)
            {
                lost.Add(id);
            }
            else if (fresh.Length != before.Length || !fresh.All(filter => before.Contains(filter)))
            {
                // At once for what is read anew; the tails follow between two events.
                subscription.Alternatives = fresh;
                if (subscribed.PausedAt is null)
                {
                    await Task.WhenAll(_feeds.Select(feed => feed.Tail.NarrowAsync(feed, before, fresh)));
                }
            }
        }

        return lost;
    }

    /// <summary>Ends a subscription; returns what to call once the client was told: until then its streams are
    /// held.</summary>
    public async Task<Action?> UnsubscribeAsync(string id)
    {
        if (!_subscriptions.Remove(id, out Subscribed? subscribed) || subscribed.PausedAt is not null)
        {
            return null;
        }

        await LeaveAsync(subscribed.Subscription, hold: true);
        return ReleaseAll;
    }

    /// <summary>
    /// Stops a subscription; returns where it stands (null if there is none of this id), and what to call once the
    /// client was told: until then its streams are held.
    /// </summary>
    public async Task<(IReadOnlyList<EventPosition>? Cursor, Action? Told)> PauseAsync(
        string id, CancellationToken connectionClosed)
    {
        if (!_subscriptions.TryGetValue(id, out Subscribed? subscribed))
        {
            return (null, null);
        }

        // Its beginning first: the gaps and values in it are told once, and a resume goes on behind them.
        await subscribed.Started.WaitAsync(connectionClosed);

        // Paused already: answered again, and nothing is held.
        Action? told = subscribed.PausedAt is null ? ReleaseAll : null;
        StreamCursor[] stood = subscribed.PausedAt ??= await LeaveAsync(subscribed.Subscription, hold: true);
        return ([.. stood.Select(static (cursor, partition) => cursor.In(partition))], told);
    }

    /// <summary>Goes on where a subscription was paused, with all that it missed; answered by another
    /// <c>subscribed</c>.</summary>
    public async Task ResumeAsync(string id)
    {
        if (!_subscriptions.TryGetValue(id, out Subscribed? paused) || paused.PausedAt is not { } stood)
        {
            return;
        }

        Subscription old = paused.Subscription;
        var subscription = new Subscription(id, old.Alternatives, old.Conflates);
        Joined[] joined = await JoinAsync(
            subscription, [.. stood.Select(static cursor => (StreamCursor?)cursor)], false);
        var start = new SubscriptionStart
        {
            Subscription = subscription,
            Joiners = [.. joined.Select(static join => join.Joiner)],
            Cursor = [.. joined.Select((join, partition) => join.Joiner.Position.In(partition))],
            Recovered = true,
        };
        _subscriptions[id] = new Subscribed(paused.Wanted, subscription, start.Ended);
        outbox.PostStart(start);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (Subscribed subscribed in _subscriptions.Values)
        {
            await LeaveAsync(subscribed.Subscription, hold: false);
        }

        foreach (StreamFeed feed in _feeds)
        {
            feed.Close();
            tails.Release(feed.Tail.Stream);
        }
    }

    private async Task FollowAllAsync(CancellationToken connectionClosed)
    {
        if (!_feeds.IsEmpty)
        {
            return;
        }

        StreamKey[] streams =
            [.. Enumerable.Range(0, partitionCount).Select(partition => new StreamKey(tenant, partition))];
        Task<StreamTail>[] acquired = [.. streams.Select(stream => tails.AcquireAsync(stream, connectionClosed))];
        StreamTail[] followed;
        try
        {
            followed = await Task.WhenAll(acquired);
        }
        catch
        {
            for (int i = 0; i < acquired.Length; i++)
            {
                if (acquired[i].IsCompletedSuccessfully)
                {
                    tails.Release(streams[i]);
                }
            }

            throw;
        }

        _feeds = [.. followed.Select(tail => new StreamFeed(tail, outbox))];
        foreach (StreamFeed feed in _feeds)
        {
            outbox.AddFeed(feed);
        }
    }

    /// <summary>
    /// Finds where each stream that a cursor names goes on. If nothing of it stands and it names all streams of a log
    /// with other partitions, the log was repartitioned: its events may be in any stream now, so those that it does not
    /// name are read from the beginning too, and told as gaps.
    /// </summary>
    private async Task FindStartsAsync(
        IReadOnlyList<EventPosition> after, StreamCursor?[] starts, List<Gap> gaps, CancellationToken connectionClosed)
    {
        EventPosition[] here = [.. after.Where(position => position.Partition < starts.Length)];
        await FindAsync(here);
        bool isFewer = after.Count > 0
            && after.Count == after.Max(static position => position.Partition) + 1
            && gaps.Count == after.Count
            && gaps.TrueForAll(static gap => gap is { Reason: GapReason.Epoch, Missing: null });
        if (here.Length < after.Count || (isFewer && after.Count < starts.Length))
        {
            Epoch lost = after[0].Epoch;
            await FindAsync(
            [
                .. Enumerable.Range(0, starts.Length)
                    .Where(partition => starts[partition] is null)
                    .Select(partition => new EventPosition(partition, EntryId.Zero, lost)),
            ]);
        }

        async Task FindAsync(EventPosition[] positions)
        {
            var found = await Task.WhenAll(positions.Select(
                position => FindStartAsync(_feeds[position.Partition], position, connectionClosed)));
            foreach ((StreamCursor start, Gap? gap, EventPosition position) in
                found.Zip(positions, static (one, position) => (one.Start, one.Gap, position)))
            {
                starts[position.Partition] = start;
                if (gap is { } missing)
                {
                    gaps.Add(missing);
                }
            }
        }
    }

    /// <summary>Where a client that stood at <paramref name="after"/> goes on, and what is missing between, if
    /// anything.</summary>
    private async Task<(StreamCursor Start, Gap? Gap)> FindStartAsync(
        StreamFeed feed, EventPosition after, CancellationToken connectionClosed)
    {
        var cursor = new StreamCursor(after.Entry, after.Epoch);
        RecentWindow recent = feed.Tail.Recent;
        if (cursor == feed.Tail.Position
            || recent.Find(cursor.Entry.Offset + 1, cursor.Epoch)?.Before == cursor
            || recent.Find(cursor.Entry.Offset, cursor.Epoch)?.Position == cursor)
        {
            return (cursor, null);
        }

        HistoryChunk check = await history.CheckAsync(feed.Tail.Stream, cursor, connectionClosed);
        return check.Outcome == ReadOutcome.Whole
            ? (cursor, null)
            : (check.Start, Gap.Between(
                after.Partition, cursor, check.Outcome, check.Start, check.Missing, check.First));
    }

    private void ReleaseAll()
    {
        foreach (StreamFeed feed in _feeds)
        {
            feed.Release();
        }
    }

    private Task<Joined[]> JoinAsync(Subscription subscription, StreamCursor?[] starts, bool snapshot) =>
        Task.WhenAll(_feeds.Select((feed, i) => feed.Tail.JoinAsync(feed, subscription, starts[i], snapshot)));

    private async Task<StreamCursor[]> LeaveAsync(Subscription subscription, bool hold)
    {
        subscription.IsGone = true;
        outbox.RemoveSubscription(subscription);
        return await Task.WhenAll(_feeds.Select(feed => feed.Tail.LeaveAsync(feed, subscription, hold)));
    }
}

using System.Collections.Immutable;
using Realtime.Log;
using Realtime.Protocol.Subscriptions;
using Realtime.Workers.Delivery;

namespace Realtime.Workers.Tail;

// What others ask of the tail, which its loop does between two entries.
internal sealed partial class StreamTail
{
    /// <summary>
    /// Adds a subscription. Without a start it begins at the tail's position, and with <paramref name="snapshot"/> the
    /// latest values at that position come back with it.
    /// </summary>
    public Task<Joined> JoinAsync(StreamFeed feed, Subscription subscription, StreamCursor? start, bool snapshot)
    {
        var done = new TaskCompletionSource<Joined>(TaskCreationOptions.RunContinuationsAsynchronously);
        Post(() =>
        {
            var joiner = new Joiner(subscription, start ?? _cursor);
            feed.Join(joiner, _cursor);
            _routes.Add(feed, subscription);
            long oldestMs = _nowMs - (long)_services.StateRetention.TotalMilliseconds;
            done.SetResult(new Joined(
                joiner, snapshot && start is null
                    ? _latest.Select(item => subscription.Matches(item.Envelope), oldestMs)
                    : []));
        });
        return done.Task;
    }

    /// <summary>Takes a subscription off; returns where it stood. See <see cref="StreamFeed.Leave"/>.</summary>
    public Task<StreamCursor> LeaveAsync(StreamFeed feed, Subscription subscription, bool hold)
    {
        var done = new TaskCompletionSource<StreamCursor>(TaskCreationOptions.RunContinuationsAsynchronously);
        Post(() =>
        {
            _routes.Remove(feed, subscription);
            done.SetResult(feed.Leave(subscription, _cursor, hold));
        });
        return done.Task;
    }

    /// <summary>Routes to a feed by changed filters of one of its subscriptions, from the next entry on.</summary>
    public Task NarrowAsync(StreamFeed feed, ImmutableArray<EventFilter> before, ImmutableArray<EventFilter> after)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Post(() =>
        {
            _routes.Replace(feed, before, after);
            feed.Reconsider(_cursor);
            done.SetResult();
        });
        return done.Task;
    }

    /// <summary>Has a feed that has read all there was handed over to live.</summary>
    public void RequestHandOver(StreamFeed feed) => Post(() => feed.HandOver(_cursor, Recent));

    private void Post(Action request)
    {
        _requests.Enqueue(request);
        _signal.Raise();
    }

    private void ServeRequests()
    {
        while (_requests.TryDequeue(out Action? request))
        {
            request();
        }
    }
}

using System.Buffers;
using Realtime.Log;

namespace Realtime.Workers.Delivery;

/// <summary>
/// The lanes behind live of one connection: each feed that is behind reads on from its position, out of the recent window or the
/// log, a step at a time, so that what is live or urgent never waits for more than a step. Owned by the send loop.
/// </summary>
internal sealed class CatchUp(
    Outbox outbox, Notices notices, HistoryReader history, DeliveryOptions options, DeliveryMetrics metrics,
    TimeProvider clock) : IDisposable
{
    // A server-side position that the log does not know is first left to the tail, which will renew the epoch.
    private const int NotThereTriesMax = 20;
    private static readonly TimeSpan NotThereDelay = TimeSpan.FromMilliseconds(50);

    private readonly Dictionary<StreamFeed, FeedReading> _readings = [];
    private readonly List<ReadyFrame> _replay = [];
    private readonly WakeTimer _wake = new(outbox.Signal, clock);
    private int _turn;

    /// <summary>Events written by steps so far.</summary>
    public long EventsSent { get; private set; }

    /// <summary>One step of the next feed that can make one; false if none can before the send loop is woken.</summary>
    public bool Step(IBufferWriter<byte> output)
    {
        IReadOnlyList<StreamFeed> feeds = outbox.Feeds;
        for (int i = 0; i < feeds.Count; i++)
        {
            _turn = (_turn + 1) % feeds.Count;
            if (feeds[_turn] is { Mode: FeedMode.Behind, InRing: 0 } feed && Step(feed, output))
            {
                return true;
            }
        }

        return false;
    }

    public void Forget(StreamFeed feed) => _readings.Remove(feed);

    public void Dispose() => _wake.Dispose();

    private bool Step(StreamFeed feed, IBufferWriter<byte> output)
    {
        Joiner? joiner;
        StreamCursor position;
        lock (outbox.Gate)
        {
            if (feed.Mode != FeedMode.Behind)
            {
                return false;
            }

            joiner = feed.FirstJoiner;
            position = feed.Position;
        }

        StreamCursor end = feed.Tail.Position;
        if (feed.Subscriptions.Count == 0 && position.Epoch != end.Epoch)
        {
            // Nobody stands there yet, so the joiners may as well meet where the tail now is.
            feed.Advance(null, end);
            position = end;
        }

        long until = long.MaxValue;
        if (joiner is not null && (feed.Subscriptions.Count == 0 || position.Epoch == end.Epoch))
        {
            if (!joiner.Started)
            {
                return false;
            }

            if (joiner.Position.Epoch == position.Epoch && joiner.Position.Entry.Offset >= position.Entry.Offset)
            {
                feed.Merge(joiner);
                return true;
            }

            until = position.Epoch == joiner.Position.Epoch ? position.Entry.Offset : long.MaxValue;
            position = joiner.Position;
        }
        else
        {
            joiner = null;
            if (_wake.MustWait(feed.NotBefore))
            {
                return false;
            }
        }

        FeedReading? reading = _readings.GetValueOrDefault(feed);
        if (reading?.Read is { IsCompleted: true })
        {
            return TakeRead(feed, joiner, reading, position, output);
        }

        if (Find(feed, reading, position) is { } first)
        {
            Send(feed, joiner, reading, first, until, output);
            return true;
        }

        if (reading?.Read is not null)
        {
            return false;
        }

        if (joiner is null && position.Epoch == end.Epoch && position.Entry.Offset >= end.Entry.Offset)
        {
            _readings.Remove(feed);
            if (feed.TryBeginHandOver())
            {
                feed.Tail.RequestHandOver(feed);
            }

            return false;
        }

        BeginRead(feed, position);
        return false;
    }

    private static SharedEvent? Find(StreamFeed feed, FeedReading? reading, StreamCursor position) =>
        feed.Tail.Recent.Find(position.Entry.Offset + 1, position.Epoch) is { } recent && recent.Before == position
            ? recent
            : reading?.Find(position);

    private void Send(
        StreamFeed feed, Joiner? joiner, FeedReading? reading, SharedEvent first, long until, IBufferWriter<byte> output)
    {
        _replay.Clear();
        int bytes = 0;
        SharedEvent? item = first;
        StreamCursor position = first.Before;
        for (int looked = 0; item is not null && looked < options.CatchUpStepEntries && item.Offset <= until; looked++)
        {
            if (joiner is not null ? WantsReplay(joiner.Subscription, feed, item) : WantsLate(feed, item, output))
            {
                ReadyFrame frame = item.FrameFor(outbox.Format);
                if (joiner is not null)
                {
                    _replay.Add(frame);
                }
                else
                {
                    output.Write(frame.Bytes);
                    EventsSent++;
                }

                bytes += frame.Length;
            }

            position = item.Position;
            item = bytes < options.CatchUpStepBytes ? Find(feed, reading, position) : null;
        }

        if (_replay.Count > 0)
        {
            notices.WriteConflated(joiner!.Subscription, output);
            notices.WriteReplay(joiner.Subscription, _replay, output);
            EventsSent += _replay.Count;
            _replay.Clear();
        }

        feed.Advance(joiner, position);
    }

    private bool WantsReplay(Subscription subscription, StreamFeed feed, SharedEvent item)
    {
        if (!subscription.Matches(item.Envelope))
        {
            return false;
        }

        bool superseded = subscription.Conflates && feed.Tail.IsSuperseded(item);
        if (superseded)
        {
            subscription.Conflated++;
            metrics.Conflated();
        }

        return !superseded;
    }

    private bool WantsLate(StreamFeed feed, SharedEvent item, IBufferWriter<byte> output)
    {
        bool wanted = false;
        foreach (Subscription subscription in feed.Subscriptions)
        {
            wanted |= WantsReplay(subscription, feed, item);
        }

        if (wanted)
        {
            foreach (Subscription subscription in feed.Subscriptions)
            {
                notices.WriteConflated(subscription, output);
            }
        }

        return wanted;
    }

    private void BeginRead(StreamFeed feed, StreamCursor position)
    {
        if (!_readings.TryGetValue(feed, out FeedReading? reading))
        {
            reading = new FeedReading();
            _readings.Add(feed, reading);
        }

        if (_wake.MustWait(reading.RetryAt))
        {
            return;
        }

        reading.ReadFrom = position;
        reading.Read = history.ReadAsync(feed.Tail.Stream, position);
        reading.Read.GetAwaiter().UnsafeOnCompleted(outbox.Signal.Raise);
    }

    private bool TakeRead(
        StreamFeed feed, Joiner? joiner, FeedReading reading, StreamCursor position, IBufferWriter<byte> output)
    {
        Task<HistoryChunk> read = reading.Read!;
        reading.Read = null;
        if (!read.IsCompletedSuccessfully)
        {
            // The tail meets the same fault, says so and tells the viewer; here it is only tried again, ever slower.
            _ = read.Exception;
            Retry(reading, TimeSpan.FromMilliseconds(50 << Math.Min(reading.Failures, 6)));
            return true;
        }

        if (reading.ReadFrom != position)
        {
            return true;
        }

        // The task has completed, so this does not block.
        HistoryChunk chunk = read.GetAwaiter().GetResult();
        if (chunk.Outcome == ReadOutcome.NotThere && reading.Failures < NotThereTriesMax)
        {
            feed.Tail.Ring();
            Retry(reading, NotThereDelay);
            return true;
        }

        reading.Failures = 0;
        if (chunk.Outcome == ReadOutcome.Whole && chunk.Events.Count == 0)
        {
            // Nothing follows yet, though the tail stands elsewhere: it is about to learn what this read knows.
            feed.Tail.Ring();
            Retry(reading, NotThereDelay);
            return true;
        }

        if (chunk.Outcome != ReadOutcome.Whole)
        {
            TellGap(feed, joiner, chunk, position, output);
            feed.Advance(joiner, chunk.Start);
        }

        reading.Keep(chunk.Events);
        return true;
    }

    private void Retry(FeedReading reading, TimeSpan delay)
    {
        reading.Failures++;
        reading.RetryAt = _wake.After(delay);
    }

    private void TellGap(
        StreamFeed feed, Joiner? joiner, HistoryChunk chunk, StreamCursor position, IBufferWriter<byte> output)
    {
        int partition = feed.Tail.Stream.Partition;
        Gap gap = Gap.Between(partition, position, chunk.Outcome, chunk.Start, chunk.Missing, chunk.First);
        if (joiner is not null)
        {
            notices.WriteGap(joiner.Subscription, gap, output);
            return;
        }

        foreach (Subscription subscription in feed.Subscriptions)
        {
            notices.WriteGap(subscription, gap, output);
        }
    }
}

using System.Buffers;
using Realtime.Log;

namespace Realtime.Workers.Delivery;

/// <summary>
/// The lanes behind live of one connection: each feed that is behind reads on from its position, out of the recent
/// window or the log, a step at a time, so that what is live or urgent never waits for more than a step. Owned by the
/// send loop.
/// </summary>
internal sealed class CatchUp(
    Outbox outbox, Notices notices, HistoryReader history, ReplayFlow flow, DeliveryOptions options,
    DeliveryMetrics metrics, TimeProvider clock) : IDisposable
{
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

    public void Dispose()
    {
        _wake.Dispose();
        flow.Dispose();
    }

    private bool Step(StreamFeed feed, IBufferWriter<byte> output)
    {
        Joiner? joiner;
        StreamCursor position;
        IReadOnlyList<Subscription> subscriptions;
        lock (outbox.Gate)
        {
            if (feed.Mode != FeedMode.Behind || feed.IsHeld)
            {
                return false;
            }

            // One look for the whole step: who leaves meanwhile still gets all that this step sends.
            joiner = feed.FirstJoiner;
            position = feed.Position;
            subscriptions = feed.Subscriptions;
        }

        if (joiner is { Started: false })
        {
            return false;
        }

        StreamCursor end = feed.Tail.Position;
        if (subscriptions.Count == 0 && position.Epoch != end.Epoch)
        {
            // Nobody stands there yet, so the joiners may as well meet where the tail now is.
            feed.Advance(null, end);
            position = end;
        }

        long until = long.MaxValue;
        FeedReading? reading = _readings.GetValueOrDefault(feed);
        if (joiner is not null)
        {
            if (joiner.Position.Epoch != position.Epoch)
            {
                return Align(feed, joiner, position, end, output);
            }

            if (joiner.Position.Entry.Offset >= position.Entry.Offset)
            {
                feed.Merge(joiner);
                return true;
            }

            until = position.Entry.Offset;
            position = joiner.Position;
        }
        else if (_wake.MustWait(feed.NotBefore))
        {
            return false;
        }

        if (reading is { HasAnswer: true })
        {
            TakeRead(feed, joiner, reading, position, output);
            return true;
        }

        if (Find(feed, reading, position) is { } first)
        {
            return TrySend(feed, joiner, subscriptions, reading, first, until, output);
        }

        if (reading is { IsUnderWay: true })
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

        ReadingOf(feed).Begin(position);
        return false;
    }

    private static SharedEvent? Find(StreamFeed feed, FeedReading? reading, StreamCursor position) =>
        feed.Tail.Recent.Find(position.Entry.Offset + 1, position.Epoch) is { } recent && recent.Before == position
            ? recent
            : reading?.Find(position);

    /// <summary>
    /// A subscription and those it joins stand in different epochs: the history was replaced just now. Whoever is in
    /// the older one is told and moved, before anything more is sent; who that is, only the log can say.
    /// </summary>
    private bool Align(
        StreamFeed feed, Joiner joiner, StreamCursor position, StreamCursor end, IBufferWriter<byte> output)
    {
        FeedReading reading = ReadingOf(feed);
        Joiner? older = (joiner.Position.Epoch != end.Epoch) != reading.GuessedWrong ? joiner : null;
        StreamCursor stood = older?.Position ?? position;
        if (!reading.HasAnswer)
        {
            if (!reading.IsUnderWay)
            {
                reading.Begin(stood);
            }

            return false;
        }

        TakeRead(feed, older, reading, stood, output);
        reading.GuessedWrong ^= (older?.Position ?? feed.Position) == stood;
        return true;
    }

    private bool TrySend(
        StreamFeed feed, Joiner? joiner, IReadOnlyList<Subscription> subscriptions, FeedReading? reading,
        SharedEvent first, long until, IBufferWriter<byte> output)
    {
        if (!flow.MaySend(out int stepBytes))
        {
            return false;
        }

        _replay.Clear();
        int bytes = 0;
        SharedEvent? item = first;
        StreamCursor position = first.Before;
        for (int looked = 0; item is not null && looked < options.CatchUpStepEntries && item.Offset <= until; looked++)
        {
            if (joiner is not null
                ? WantsReplay(joiner.Subscription, feed, item)
                : WantsLate(feed, subscriptions, item, output))
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
            item = bytes < stepBytes ? Find(feed, reading, position) : null;
        }

        if (_replay.Count > 0)
        {
            notices.WriteConflated(joiner!.Subscription, output);
            notices.WriteReplay(joiner.Subscription, _replay, output);
            EventsSent += _replay.Count;
            _replay.Clear();
        }

        flow.Sent(bytes, output);
        feed.Advance(joiner, position);
        return true;
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

    private bool WantsLate(
        StreamFeed feed, IReadOnlyList<Subscription> subscriptions, SharedEvent item, IBufferWriter<byte> output)
    {
        bool wanted = false;
        foreach (Subscription subscription in subscriptions)
        {
            wanted |= WantsReplay(subscription, feed, item);
        }

        if (wanted)
        {
            foreach (Subscription subscription in subscriptions)
            {
                notices.WriteConflated(subscription, output);
            }
        }

        return wanted;
    }

    private FeedReading ReadingOf(StreamFeed feed)
    {
        if (!_readings.TryGetValue(feed, out FeedReading? reading))
        {
            reading = new FeedReading(feed, history, _wake);
            _readings.Add(feed, reading);
        }

        return reading;
    }

    private void TakeRead(
        StreamFeed feed, Joiner? joiner, FeedReading reading, StreamCursor position, IBufferWriter<byte> output)
    {
        if (reading.Take(position) is { Outcome: not ReadOutcome.Whole } chunk)
        {
            TellGap(feed, joiner, chunk, position, output);
            feed.Advance(joiner, chunk.Start);
        }
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

using System.Buffers;
using System.IO.Pipelines;
using Realtime.Log;
using Realtime.Protocol;
using Realtime.Protocol.Messages;
using Realtime.Workers.Delivery.Terminals;

namespace Realtime.Workers.Delivery;

/// <summary>
/// The one send loop of a connection. Lanes in their order: control, live, replay (beginnings of subscriptions and
/// feeds that are behind), bulk (terminals). Whole frames go to the transport's pipe, as many as there are before each
/// flush.
/// </summary>
internal sealed class Sender(
    Outbox outbox, PipeWriter output, ReplayFlow replay, CatchUp catchUp, StartLane starts, TerminalLane terminals,
    Flusher flusher, DeliveryOptions options, DeliveryMetrics metrics)
{
    // A burst on a slow link is one write, which may take minutes: marks in it show that it moves. At 1 KiB/s one comes
    // back every 4 s, which is below a stall.
    private const int LiveMarkBytes = 4096;

    private readonly List<SharedEvent> _live = [];
    private bool _isBulkFirst;

    /// <summary>Runs until the connection is closed by us (true), or the transport is gone or stuck (false).</summary>
    public async Task<bool> RunAsync()
    {
        while (!outbox.IsAborted)
        {
            long sentBefore = catchUp.EventsSent;

            // Looked at first: what was said before it, such as drain or an error, must go before it.
            (CloseCode Code, string Reason)? closing = outbox.PeekClose();
            bool wrote = WriteControl();
            int live = WriteLive();
            if (closing is { } close)
            {
                outbox.Format.WriteClose(output, close.Code, close.Reason);
                return await flusher.FlushAsync();
            }

            bool stepped = StepReplayAndBulk();
            long events = live + (catchUp.EventsSent - sentBefore);
            if (events > 0 && outbox.Format.FollowsBatchesWithCursor)
            {
                WriteCursors((_, cursor) => outbox.Format.WriteCursor(output, cursor));
            }

            if (output.UnflushedBytes > 0)
            {
                metrics.Sent(events, output.UnflushedBytes);
                if (!await flusher.FlushAsync())
                {
                    return false;
                }
            }
            else if (!wrote && live == 0 && !stepped)
            {
                await outbox.Signal.WaitAsync();
            }
        }

        return false;
    }

    /// <summary>
    /// One step of each lane behind live, then the others get their turn again. Replay and bulk share what may be in
    /// flight: who went is second in the next round, so that both go on however little that is.
    /// </summary>
    private bool StepReplayAndBulk()
    {
        replay.TakeAnswers();
        terminals.TakeAcknowledgements();
        bool sent = _isBulkFirst && terminals.Step(output);
        bool replayed = starts.Step(output) | catchUp.Step(output);
        if (!_isBulkFirst)
        {
            sent = terminals.Step(output);
        }

        _isBulkFirst = replayed || (_isBulkFirst && !sent);
        return sent | replayed;
    }

    // Who is sent away should know exactly where to go on.
    private bool WriteControl() => ControlLane.Write(outbox, output, WriteHeartbeatCursors);

    private int WriteLive()
    {
        outbox.TakeLive(_live);
        int unmarked = 0;
        foreach (SharedEvent item in _live)
        {
            ReadyFrame frame = item.FrameFor(outbox.Format);
            output.Write(frame.Bytes);
            unmarked += frame.Length;
            if (unmarked >= LiveMarkBytes)
            {
                // Its number answers nothing of the replay's.
                outbox.WriteLiveMark(output);
                unmarked = 0;
            }
        }

        int count = _live.Count;
        _live.Clear();
        if (_live.Capacity > options.RingEventsMax / 4)
        {
            // It was a burst; an idle connection keeps nothing.
            _live.Capacity = 0;
        }

        return count;
    }

    private void WriteHeartbeatCursors()
    {
        if (outbox.Format.FollowsBatchesWithCursor)
        {
            WriteCursors((_, cursor) => outbox.Format.WriteCursor(output, cursor));
            return;
        }

        WriteCursors((subscription, cursor) =>
        {
            if (subscription.ToldCursor.SequenceEqual(cursor))
            {
                return;
            }

            subscription.ToldCursor = cursor;
            ArrayBufferWriter<byte> json = FrameScratch.TakeJson();
            ServerMessages.WriteCursor(json, subscription.Id, cursor);
            outbox.Format.WriteMessage(output, new ControlMessage("cursor", json.WrittenMemory));
        });
    }

    /// <summary>Says of each subscription up to where everything was sent or filtered out.</summary>
    private void WriteCursors(Action<Subscription, IReadOnlyList<EventPosition>> write)
    {
        foreach (Subscription subscription in outbox.Subscriptions)
        {
            var cursor = new List<EventPosition>(outbox.Feeds.Count);
            foreach (StreamFeed feed in outbox.Feeds)
            {
                // The tail's position first: what it routed by then is in the ring or written.
                StreamCursor end = feed.Tail.Position;
                cursor.Add(feed.CursorOf(subscription, end).In(feed.Tail.Stream.Partition));
            }

            if (cursor.Count > 0)
            {
                write(subscription, cursor);
            }
        }
    }
}

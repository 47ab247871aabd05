using System.Buffers;
using Realtime.Protocol.Messages;

namespace Realtime.Workers.Delivery;

/// <summary>Sends the beginnings of subscriptions, a step at a time. Owned by the send loop.</summary>
internal sealed class StartLane(Outbox outbox, DeliveryOptions options, DeliveryMetrics metrics)
{
    private readonly ArrayBufferWriter<byte> _json = new(256);
    private readonly List<ReadyFrame> _values = [];

    /// <summary>One step of the subscription that begins; false if none does.</summary>
    public bool Step(IBufferWriter<byte> output)
    {
        if (outbox.PeekStart() is not { } start)
        {
            return false;
        }

        if (start.Subscription.IsGone)
        {
            outbox.EndStart(start);
            return true;
        }

        if (!start.Announced)
        {
            Announce(start, output);
            start.Announced = true;
        }

        if (start.Snapshot is { } values)
        {
            WriteValues(start, values, output);
            if (start.SnapshotSent < values.Count)
            {
                return true;
            }

            ServerMessages.WriteSnapshot(_json, start.Subscription.Id, start.Cursor);
            Flush("snapshot", output);
        }

        outbox.EndStart(start);
        return true;
    }

    private void Announce(SubscriptionStart start, IBufferWriter<byte> output)
    {
        string id = start.Subscription.Id;
        ServerMessages.WriteSubscribed(_json, id, start.Cursor, start.Recovered, start.Reason);
        Flush("subscribed", output);
        foreach (Gap gap in start.Gaps)
        {
            metrics.GapTold(gap.Reason);
            ServerMessages.WriteGap(_json, id, gap.After, gap.ResumesAt, gap.Cursor, gap.Missing, gap.Reason);
            Flush("gap", output);
        }
    }

    private void WriteValues(SubscriptionStart start, IReadOnlyList<SharedEvent> values, IBufferWriter<byte> output)
    {
        int bytes = 0;
        _values.Clear();
        for (; start.SnapshotSent < values.Count && bytes < options.CatchUpStepBytes; start.SnapshotSent++)
        {
            ReadyFrame frame = values[start.SnapshotSent].SnapshotFrameFor(outbox.Format);
            _values.Add(frame);
            bytes += frame.Length;
        }

        if (_values.Count > 0)
        {
            _json.ResetWrittenCount();
            ServerMessages.WriteReplay(_json, start.Subscription.Id);
            outbox.Format.WriteReplay(output, _json.WrittenSpan, _values);
            _values.Clear();
            _json.ResetWrittenCount();
        }
    }

    private void Flush(string op, IBufferWriter<byte> output)
    {
        outbox.Format.WriteMessage(output, new ControlMessage(op, _json.WrittenMemory));
        _json.ResetWrittenCount();
    }
}

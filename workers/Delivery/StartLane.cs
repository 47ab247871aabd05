using System.Buffers;

namespace Realtime.Workers.Delivery;

/// <summary>Sends the beginnings of subscriptions, a step at a time. Owned by the send loop.</summary>
internal sealed class StartLane(Outbox outbox, Notices notices, DeliveryOptions options)
{
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
            notices.WriteSubscribed(start, output);
            foreach (Gap gap in start.Gaps)
            {
                notices.WriteGap(start.Subscription, gap, output);
            }

            start.Announced = true;
        }

        if (start.Snapshot is { } values)
        {
            WriteValues(start, values, output);
            if (start.SnapshotSent < values.Count)
            {
                return true;
            }

            notices.WriteSnapshotEnd(start, output);
        }

        outbox.EndStart(start);
        return true;
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
            notices.WriteReplay(start.Subscription, _values, output);
            _values.Clear();
        }
    }
}

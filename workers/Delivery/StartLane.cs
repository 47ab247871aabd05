using System.Buffers;

namespace Realtime.Workers.Delivery;

/// <summary>Sends the beginnings of subscriptions, a step at a time. Owned by the send loop.</summary>
internal sealed class StartLane(Outbox outbox, Notices notices, ReplayFlow flow)
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

        bool isFirst = !start.Announced;
        if (isFirst)
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
            if (start.SnapshotSent < values.Count && !TryWriteValues(start, values, output))
            {
                return isFirst;
            }

            if (start.SnapshotSent < values.Count)
            {
                return true;
            }

            notices.WriteSnapshotEnd(start, output);
        }

        outbox.EndStart(start);
        return true;
    }

    private bool TryWriteValues(SubscriptionStart start, IReadOnlyList<SharedEvent> values, IBufferWriter<byte> output)
    {
        if (!flow.MaySend(out int stepBytes))
        {
            return false;
        }

        int bytes = 0;
        _values.Clear();
        for (; start.SnapshotSent < values.Count && bytes < stepBytes; start.SnapshotSent++)
        {
            SharedEvent value = values[start.SnapshotSent];
            if (!start.Subscription.Matches(value.Envelope))
            {
                continue; // The grants have changed since they were chosen.
            }

            ReadyFrame frame = value.SnapshotFrameFor(outbox.Format);
            _values.Add(frame);
            bytes += frame.Length;
        }

        notices.WriteReplay(start.Subscription, _values, output);
        _values.Clear();
        flow.Sent(bytes, output);
        return true;
    }
}

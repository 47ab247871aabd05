using System.Buffers;
using Realtime.Protocol.Messages;

namespace Realtime.Workers.Delivery;

/// <summary>Writes what one connection's subscriptions are told besides their events. Owned by the send loop.</summary>
internal sealed class Notices(IWireFormat format, DeliveryMetrics metrics)
{
    public void WriteSubscribed(SubscriptionStart start, IBufferWriter<byte> output)
    {
        ArrayBufferWriter<byte> json = FrameScratch.TakeJson();
        ServerMessages.WriteSubscribed(json, start.Subscription.Id, start.Cursor, start.Recovered, start.Reason);
        Write("subscribed", json, output);
    }

    public void WriteSnapshotEnd(SubscriptionStart start, IBufferWriter<byte> output)
    {
        ArrayBufferWriter<byte> json = FrameScratch.TakeJson();
        ServerMessages.WriteSnapshot(json, start.Subscription.Id, start.Cursor);
        Write("snapshot", json, output);
    }

    /// <summary>Older events, or snapshot values, of one subscription.</summary>
    public void WriteReplay(Subscription subscription, IReadOnlyList<ReadyFrame> frames, IBufferWriter<byte> output)
    {
        ArrayBufferWriter<byte> json = FrameScratch.TakeJson();
        ServerMessages.WriteReplay(json, subscription.Id);
        format.WriteReplay(output, json.WrittenSpan, frames);
    }

    public void WriteGap(Subscription subscription, Gap gap, IBufferWriter<byte> output)
    {
        metrics.GapTold(gap.Reason);
        ArrayBufferWriter<byte> json = FrameScratch.TakeJson();
        ServerMessages.WriteGap(
            json, subscription.Id, gap.After, gap.ResumesAt, gap.Cursor, gap.Missing, gap.Reason);
        Write("gap", json, output);
    }

    /// <summary>How many values the next event replaced, if any.</summary>
    public void WriteConflated(Subscription subscription, IBufferWriter<byte> output)
    {
        if (subscription.Conflated > 0)
        {
            ArrayBufferWriter<byte> json = FrameScratch.TakeJson();
            ServerMessages.WriteConflated(json, subscription.Id, subscription.Conflated);
            subscription.Conflated = 0;
            Write("conflated", json, output);
        }
    }

    private void Write(string op, ArrayBufferWriter<byte> json, IBufferWriter<byte> output) =>
        format.WriteMessage(output, new ControlMessage(op, json.WrittenMemory));
}

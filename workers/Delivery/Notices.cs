using System.Buffers;
using Realtime.Protocol.Messages;

namespace Realtime.Workers.Delivery;

/// <summary>Writes what one connection's subscriptions are told besides their events. Owned by the send loop.</summary>
internal sealed class Notices(IWireFormat format, DeliveryMetrics metrics)
{
    private readonly ArrayBufferWriter<byte> _json = new(256);

    public void WriteSubscribed(SubscriptionStart start, IBufferWriter<byte> output)
    {
        ServerMessages.WriteSubscribed(_json, start.Subscription.Id, start.Cursor, start.Recovered, start.Reason);
        Flush("subscribed", output);
    }

    public void WriteSnapshotEnd(SubscriptionStart start, IBufferWriter<byte> output)
    {
        ServerMessages.WriteSnapshot(_json, start.Subscription.Id, start.Cursor);
        Flush("snapshot", output);
    }

    /// <summary>Older events, or snapshot values, of one subscription.</summary>
    public void WriteReplay(Subscription subscription, IReadOnlyList<ReadyFrame> frames, IBufferWriter<byte> output)
    {
        ServerMessages.WriteReplay(_json, subscription.Id);
        format.WriteReplay(output, _json.WrittenSpan, frames);
        _json.ResetWrittenCount();
    }

    public void WriteGap(Subscription subscription, Gap gap, IBufferWriter<byte> output)
    {
        metrics.GapTold(gap.Reason);
        ServerMessages.WriteGap(
            _json, subscription.Id, gap.After, gap.ResumesAt, gap.Cursor, gap.Missing, gap.Reason);
        Flush("gap", output);
    }

    /// <summary>How many values the next event replaced, if any.</summary>
    public void WriteConflated(Subscription subscription, IBufferWriter<byte> output)
    {
        if (subscription.Conflated > 0)
        {
            ServerMessages.WriteConflated(_json, subscription.Id, subscription.Conflated);
            subscription.Conflated = 0;
            Flush("conflated", output);
        }
    }

    private void Flush(string op, IBufferWriter<byte> output)
    {
        format.WriteMessage(output, new ControlMessage(op, _json.WrittenMemory));
        _json.ResetWrittenCount();
    }
}

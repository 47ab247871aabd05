using System.Buffers;
using Realtime.Log;
using Realtime.Protocol.Messages;

namespace Realtime.Workers.Delivery.Terminals;

/// <summary>Writes what the viewers of terminals are told besides bytes. Owned by the send loop.</summary>
internal sealed class TerminalNotices(IWireFormat format, DeliveryMetrics metrics)
{
    public void WriteSubscribed(TerminalSubscription subscription, IBufferWriter<byte> output)
    {
        ArrayBufferWriter<byte> json = FrameScratch.TakeJson();
        ServerMessages.WriteSubscribedTerminal(
            json, subscription.Id, subscription.Tail.Terminal.Task, subscription.Position.Epoch,
            subscription.Position.Offset, subscription.Size is { } size ? (size.Columns, size.Rows) : null);
        Write("subscribed", json, output);
    }

    /// <summary>
    /// The terminal's time is over, or the log lost it. The subscription stays: should the terminal begin anew, its
    /// tail finds the other epoch, and a gap is told.
    /// </summary>
    public void WriteGone(TerminalSubscription subscription, IBufferWriter<byte> output)
    {
        ArrayBufferWriter<byte> json = FrameScratch.TakeJson();
        ServerMessages.WriteError(
            json, ErrorCodes.NotFound,
            "The terminal is there no more: it is no longer retained, or was lost. "
                + "Should it begin anew, it goes on here.",
            op: null, subscription.Id, retry: false);
        Write("error", json, output);
    }

    /// <summary>What is missing between where the subscription stands and where reading can go on.</summary>
    public void WriteGap(TerminalSubscription subscription, TerminalRead answer, IBufferWriter<byte> output)
    {
        TerminalCursor stood = subscription.Position;
        GapReason reason = answer.Outcome == ReadOutcome.Trimmed ? GapReason.Retention : GapReason.Epoch;
        metrics.GapTold(reason);
        long? missing = answer.Outcome == ReadOutcome.Trimmed ? answer.Start.Offset - stood.Offset : null;
        ArrayBufferWriter<byte> json = FrameScratch.TakeJson();
        ServerMessages.WriteTerminalGap(
            json, subscription.Id, subscription.Tail.Terminal.Task, stood.Offset, stood.Epoch, answer.Start.Offset,
            answer.Start.Epoch, missing, reason);
        Write("gap", json, output);
    }

    private void Write(string op, ArrayBufferWriter<byte> json, IBufferWriter<byte> output) =>
        format.WriteMessage(output, new ControlMessage(op, json.WrittenMemory));
}

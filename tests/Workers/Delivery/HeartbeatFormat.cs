using System.Buffers;
using Realtime.Protocol;
using Realtime.Protocol.Events;
using Realtime.Workers.Delivery;
using Realtime.Workers.Delivery.Terminals;

namespace Realtime.Tests.Workers.Delivery;

/// <summary>
/// JSON frames; does something more whenever a heartbeat is written, which is when the send loop has taken all
/// messages.
/// </summary>
internal sealed class HeartbeatFormat(Action onHeartbeat) : IWireFormat
{
    private static readonly IWireFormat Inner = WireFormats.JsonFrames;

    public int Index => Inner.Index;

    public bool FollowsBatchesWithCursor => Inner.FollowsBatchesWithCursor;

    public bool HasMarks => Inner.HasMarks;

    public void WriteEvent(
        IBufferWriter<byte> message, EventEnvelope envelope, EventPosition position, long sentMs, bool snapshot) =>
        Inner.WriteEvent(message, envelope, position, sentMs, snapshot);

    public ReadyFrame Frame(ReadOnlySpan<byte> message) => Inner.Frame(message);

    public void WriteMessage(IBufferWriter<byte> output, ControlMessage message) => Inner.WriteMessage(output, message);

    public TerminalForm TerminalFormOf(bool readsLz4) => Inner.TerminalFormOf(readsLz4);

    public void WriteTerminal(IBufferWriter<byte> output, ReadOnlySpan<byte> opening, ReadOnlySpan<byte> body) =>
        Inner.WriteTerminal(output, opening, body);

    public void WriteReplay(IBufferWriter<byte> output, ReadOnlySpan<byte> header, IReadOnlyList<ReadyFrame> frames) =>
        Inner.WriteReplay(output, header, frames);

    public void WriteHeartbeat(IBufferWriter<byte> output)
    {
        Inner.WriteHeartbeat(output);
        onHeartbeat();
    }

    public void WriteMark(IBufferWriter<byte> output, long number) => Inner.WriteMark(output, number);

    public void WriteCursor(IBufferWriter<byte> output, IReadOnlyList<EventPosition> cursor) =>
        Inner.WriteCursor(output, cursor);

    public void WritePong(IBufferWriter<byte> output, ReadOnlySpan<byte> payload) => Inner.WritePong(output, payload);

    public void WriteClose(IBufferWriter<byte> output, CloseCode code, string reason) =>
        Inner.WriteClose(output, code, reason);
}

using System.Buffers;
using System.Text;
using Realtime.Protocol;
using Realtime.Protocol.Events;
using Realtime.Workers.Delivery.Terminals;

namespace Realtime.Workers.Delivery;

/// <summary>
/// Server-Sent Events (WHATWG HTML, section 9.2). Event blocks carry no <c>id</c>, so that all receivers share them; a
/// block of an <c>id</c> alone follows each batch, which makes the browser remember the whole cursor without
/// dispatching anything.
/// </summary>
internal sealed class ServerSentEventFormat : IWireFormat
{
    private static ReadOnlySpan<byte> EventPrefix => "event: event\ndata: "u8;

    private static ReadOnlySpan<byte> BlockEnd => "\n\n"u8;

    public int Index => 1;

    public bool FollowsBatchesWithCursor => true;

    public bool HasMarks => false;

    // JSON as we write it holds no line breaks, so one data line is enough.
    public void WriteEvent(
        IBufferWriter<byte> message, EventEnvelope envelope, EventPosition position, long sentMs, bool snapshot) =>
        EventJson.Write(message, envelope, position, sentMs, snapshot);

    public ReadyFrame Frame(ReadOnlySpan<byte> message)
    {
        byte[] block = new byte[EventPrefix.Length + message.Length + BlockEnd.Length];
        EventPrefix.CopyTo(block);
        message.CopyTo(block.AsSpan(EventPrefix.Length));
        BlockEnd.CopyTo(block.AsSpan(EventPrefix.Length + message.Length));
        return new ReadyFrame(block, EventPrefix.Length, message.Length);
    }

    public void WriteMessage(IBufferWriter<byte> output, ControlMessage message)
    {
        output.Write("event: "u8);
        Encoding.UTF8.GetBytes(message.Op, output);
        output.Write("\ndata: "u8);
        output.Write(message.Json.Span);
        output.Write(BlockEnd);
    }

    public TerminalForm TerminalFormOf(bool readsLz4) => readsLz4 ? TerminalForm.Lz4Base64 : TerminalForm.Base64;

    public void WriteTerminal(IBufferWriter<byte> output, ReadOnlySpan<byte> opening, ReadOnlySpan<byte> body)
    {
        output.Write("event: terminal\ndata: "u8);
        output.Write(body[..1]);
        output.Write(opening);
        output.Write(body[1..]);
        output.Write(BlockEnd);
    }

    // A stream of this kind has one subscription, so the header says nothing.
    public void WriteReplay(IBufferWriter<byte> output, ReadOnlySpan<byte> header, IReadOnlyList<ReadyFrame> frames)
    {
        foreach (ReadyFrame frame in frames)
        {
            output.Write(frame.Bytes);
        }
    }

    public void WriteHeartbeat(IBufferWriter<byte> output) => output.Write(":\n\n"u8);

    // Nothing comes back on such a connection.
    public void WriteMark(IBufferWriter<byte> output, long number)
    {
    }

    public void WriteCursor(IBufferWriter<byte> output, IReadOnlyList<EventPosition> cursor)
    {
        output.Write("id: "u8);
        for (int i = 0; i < cursor.Count; i++)
        {
            Encoding.UTF8.GetBytes(i == 0 ? cursor[i].ToString() : "," + cursor[i], output);
        }

        output.Write(BlockEnd);
    }

    public void WritePong(IBufferWriter<byte> output, ReadOnlySpan<byte> payload)
    {
    }

    public void WriteClose(IBufferWriter<byte> output, CloseCode code, string reason)
    {
        output.Write("event: close\ndata: {\"code\":"u8);
        Encoding.UTF8.GetBytes(((int)code).ToString(System.Globalization.CultureInfo.InvariantCulture), output);
        output.Write(",\"reason\":\""u8);
        output.Write(System.Text.Json.JsonEncodedText.Encode(reason).EncodedUtf8Bytes);
        output.Write("\"}\n\n"u8);
    }
}

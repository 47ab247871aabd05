using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using System.Text.Unicode;

namespace Realtime.Protocol.WebSockets;

/// <summary>Pings, pongs and closes.</summary>
public sealed partial class WebSocketMessageReader
{
    // Control frames are short, so they are waited for as a whole; they may stand between the fragments of a message.
    private bool TryTakeControl(
        ref ReadOnlySequence<byte> buffer, WebSocketFrameHeader header, int headerLength, out WebSocketRead read)
    {
        read = default;
        int length = (int)header.Length;
        if (buffer.Length < headerLength + length)
        {
            return false;
        }

        byte[] bytes = ArrayPool<byte>.Shared.Rent(WebSocketFrameWriter.ControlBytesMax);
        (_lent, _lentReserved) = (bytes, 0);
        Memory<byte> payload = bytes.AsMemory(0, length);
        buffer.Slice(headerLength, length).CopyTo(payload.Span);
        buffer = buffer.Slice(headerLength + length);
        if (_options.PeerMasks)
        {
            WebSocketMask.Apply(payload.Span, header.MaskKey, 0);
        }

        read = header.Opcode switch
        {
            WebSocketOpcode.Ping => new WebSocketRead(WebSocketReadKind.Ping, payload),
            WebSocketOpcode.Pong => new WebSocketRead(WebSocketReadKind.Pong, payload),
            _ => ReadClose(payload.Span),
        };
        return true;
    }

    private static WebSocketRead ReadClose(ReadOnlySpan<byte> payload)
    {
        if (payload.IsEmpty)
        {
            return new WebSocketRead(WebSocketReadKind.Close, CloseCode: WebSocketCloseRules.None);
        }

        int code = payload.Length == 1 ? 0 : BinaryPrimitives.ReadUInt16BigEndian(payload);
        if (!WebSocketCloseRules.IsValid(code))
        {
            return Violation(CloseCode.ProtocolError, "a close frame has no valid code");
        }

        ReadOnlySpan<byte> reason = payload[2..];
        return Utf8.IsValid(reason)
            ? new WebSocketRead(WebSocketReadKind.Close, CloseCode: code, Reason: Encoding.UTF8.GetString(reason))
            : Violation(CloseCode.InvalidPayload, "the reason of a close frame is not UTF-8");
    }
}

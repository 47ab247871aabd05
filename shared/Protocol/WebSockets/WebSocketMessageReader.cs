using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Unicode;

namespace Realtime.Protocol.WebSockets;

/// <summary>
/// Reads WebSocket messages (RFC 6455) from a pipe. It holds a buffer only while a message is being assembled or used,
/// and that one grows with what has arrived, not with what a header promises. Not safe for two reads at a time.
/// </summary>
public sealed class WebSocketMessageReader : IDisposable
{
    private const int BufferBytesMin = 256;

    private readonly PipeReader _input;
    private readonly WebSocketReaderOptions _options;

    // The message being assembled, and what of it is there.
    private byte[]? _message;
    private int _messageLength;
    private WebSocketOpcode _messageOpcode;
    private int _fragments;

    // The data frame being read: its payload is taken out of the pipe as it arrives.
    private WebSocketFrameHeader _frame;
    private long _frameLeft;
    private bool _inFrame;

    // What the caller still uses until the next read.
    private byte[]? _lent;
    private bool _ended;

    /// <summary>Makes a reader; the pipe stays the caller's to complete.</summary>
    public WebSocketMessageReader(PipeReader input, WebSocketReaderOptions options)
    {
        _input = input;
        _options = options;
    }

    /// <summary>
    /// The next message, ping, pong or close. After <see cref="WebSocketReadKind.Close"/>,
    /// <see cref="WebSocketReadKind.Violation"/> or <see cref="WebSocketReadKind.EndOfStream"/> only the latter
    /// follows. Errors of the pipe (a reset connection) are passed on.
    /// </summary>
    /// <exception cref="OperationCanceledException">Cancelled, here or by the pipe's <c>CancelPendingRead</c>; reading
    /// may go on.</exception>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<WebSocketRead> ReadAsync(CancellationToken cancellationToken)
    {
        Return(ref _lent);
        while (!_ended)
        {
            ReadResult result = await _input.ReadAsync(cancellationToken);
            ReadOnlySequence<byte> buffer = result.Buffer;
            bool found = TryParse(ref buffer, out WebSocketRead read);

            // What is left was looked at; only more bytes can change anything. After a find, there may be another in
            // it.
            _input.AdvanceTo(buffer.Start, found ? buffer.Start : buffer.End);
            if (found)
            {
                _ended = read.Kind is WebSocketReadKind.Close or WebSocketReadKind.Violation;
                return read;
            }

            if (result.IsCanceled)
            {
                throw new OperationCanceledException("The pipe's pending read was cancelled.");
            }

            _ended = result.IsCompleted;
        }

        Return(ref _message);
        return new WebSocketRead(WebSocketReadKind.EndOfStream);
    }

    /// <summary>Returns the buffers. What was read last must no longer be used.</summary>
    public void Dispose()
    {
        _ended = true;
        Return(ref _lent);
        Return(ref _message);
    }

    // Takes frames off the buffer until one ends a message, is a control frame, or breaks a rule.
    private bool TryParse(ref ReadOnlySequence<byte> buffer, out WebSocketRead read)
    {
        read = default;
        while (true)
        {
            if (!_inFrame)
            {
                if (!WebSocketFrameHeader.TryRead(
                    buffer, _options.PeerMasks,
                    out WebSocketFrameHeader header, out int headerLength, out string? violation))
                {
                    return false;
                }

                if (violation is not null)
                {
                    read = Violation(CloseCode.ProtocolError, violation);
                    return true;
                }

                if (header.IsControl)
                {
                    return TryTakeControl(ref buffer, header, headerLength, out read);
                }

                if (BeginFrame(header) is { } refused)
                {
                    read = refused;
                    return true;
                }

                buffer = buffer.Slice(headerLength);
            }

            TakePayload(ref buffer);
            if (_frameLeft > 0)
            {
                return false;
            }

            _inFrame = false;
            if (_frame.IsFinal)
            {
                read = EndMessage();
                return true;
            }
        }
    }

    private static WebSocketRead Violation(CloseCode code, string reason) =>
        new(WebSocketReadKind.Violation, CloseCode: (int)code, Reason: reason);

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private WebSocketRead? BeginFrame(WebSocketFrameHeader header)
    {
        bool continues = header.Opcode == WebSocketOpcode.Continuation;
        if (continues != _fragments > 0)
        {
            return Violation(
                CloseCode.ProtocolError,
                continues ? "a continuation without a beginning" : "a new message inside a fragmented one");
        }

        // Compared this way round, so that no sum can overflow.
        if (header.Length > _options.MessageBytesMax - _messageLength)
        {
            return Violation(CloseCode.TooLarge, Text($"a message is larger than {_options.MessageBytesMax} bytes"));
        }

        if (_fragments == _options.FragmentsMax)
        {
            return Violation(CloseCode.TooLarge, Text($"a message has more than {_options.FragmentsMax} fragments"));
        }

        _messageOpcode = continues ? _messageOpcode : header.Opcode;
        _fragments++;
        _frame = header;
        _frameLeft = header.Length;
        _inFrame = true;
        return null;
    }

    private void TakePayload(ref ReadOnlySequence<byte> buffer)
    {
        int length = (int)Math.Min(_frameLeft, buffer.Length);
        if (length == 0)
        {
            return;
        }

        EnsureRoom(length);
        Span<byte> taken = _message.AsSpan(_messageLength, length);
        buffer.Slice(0, length).CopyTo(taken);
        if (_options.PeerMasks)
        {
            WebSocketMask.Apply(taken, _frame.MaskKey, _frame.Length - _frameLeft);
        }

        buffer = buffer.Slice(length);
        _messageLength += length;
        _frameLeft -= length;
    }

    private void EnsureRoom(int length)
    {
        int needed = _messageLength + length;
        if (_message is not null && _message.Length >= needed)
        {
            return;
        }

        // Doubled, so that a message that comes byte by byte is not copied each time.
        int size = Math.Max(Math.Max(needed, BufferBytesMin), Math.Min(2 * _messageLength, _options.MessageBytesMax));
        byte[] larger = ArrayPool<byte>.Shared.Rent(size);
        _message.AsSpan(0, _messageLength).CopyTo(larger);
        Return(ref _message);
        _message = larger;
    }

    private WebSocketRead EndMessage()
    {
        ReadOnlyMemory<byte> payload = _message.AsMemory(0, _messageLength);
        _lent = _message;
        _message = null;
        _messageLength = 0;
        _fragments = 0;
        if (_messageOpcode == WebSocketOpcode.Binary)
        {
            return new WebSocketRead(WebSocketReadKind.Binary, payload);
        }

        return Utf8.IsValid(payload.Span)
            ? new WebSocketRead(WebSocketReadKind.Text, payload)
            : Violation(CloseCode.InvalidPayload, "a text message is not UTF-8");
    }

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
        _lent = bytes;
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

    private static void Return(ref byte[]? buffer)
    {
        byte[]? returned = buffer;
        buffer = null;
        if (returned is not null)
        {
            ArrayPool<byte>.Shared.Return(returned);
        }
    }
}

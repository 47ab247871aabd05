using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Text.Unicode;

namespace Realtime.Protocol.WebSockets;

/// <summary>
/// Reads WebSocket messages (RFC 6455) from a pipe. It holds a buffer only while a message is being assembled or used,
/// and that one grows with what has arrived, not with what a header promises. Not safe for two reads at a time.
/// </summary>
public sealed partial class WebSocketMessageReader : IDisposable
{
    private const int BufferBytesMin = 256;

    private readonly PipeReader _input;
    private readonly WebSocketReaderOptions _options;

    // The message being assembled, and what of it is there.
    private byte[]? _message;
    private int _messageReserved;
    private int _messageLength;
    private WebSocketOpcode _messageOpcode;
    private int _fragments;

    // The data frame being read: its payload is taken out of the pipe as it arrives.
    private WebSocketFrameHeader _frame;
    private long _frameLeft;
    private bool _inFrame;

    // What the caller still uses until the next read.
    private byte[]? _lent;
    private int _lentReserved;
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
        Return(ref _lent, ref _lentReserved);
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

        Return(ref _message, ref _messageReserved);
        return new WebSocketRead(WebSocketReadKind.EndOfStream);
    }

    /// <summary>
    /// Hands over the buffer of the message that was read last, so that its payload is valid for as long as the caller
    /// keeps it; who takes it returns it to <see cref="ArrayPool{T}.Shared"/>, and releases what was reserved for it.
    /// </summary>
    /// <exception cref="InvalidOperationException">There is none, or it was taken before.</exception>
    public (byte[] Buffer, int Reserved) TakeBuffer()
    {
        byte[] buffer = _lent ?? throw new InvalidOperationException("Nothing was read that could be taken.");
        int reserved = _lentReserved;
        (_lent, _lentReserved) = (null, 0);
        return (buffer, reserved);
    }

    /// <summary>Returns the buffers. What was read last must no longer be used.</summary>
    public void Dispose()
    {
        _ended = true;
        Return(ref _lent, ref _lentReserved);
        Return(ref _message, ref _messageReserved);
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

            if (!TryTakePayload(ref buffer))
            {
                read = Violation(CloseCode.TryAgainLater, "the server holds as many bytes as it may; try again later");
                return true;
            }

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

    private bool TryTakePayload(ref ReadOnlySequence<byte> buffer)
    {
        int length = (int)Math.Min(_frameLeft, buffer.Length);
        if (length == 0)
        {
            return true;
        }

        if (!TryEnsureRoom(length))
        {
            return false;
        }

        Span<byte> taken = _message.AsSpan(_messageLength, length);
        buffer.Slice(0, length).CopyTo(taken);
        if (_options.PeerMasks)
        {
            WebSocketMask.Apply(taken, _frame.MaskKey, _frame.Length - _frameLeft);
        }

        buffer = buffer.Slice(length);
        _messageLength += length;
        _frameLeft -= length;
        return true;
    }

    private bool TryEnsureRoom(int length)
    {
        int needed = _messageLength + length;
        if (_message is not null && _message.Length >= needed)
        {
            return true;
        }

        // Doubled, so that a message that comes byte by byte is not copied each time; a power of two, since the pool
        // lends no other sizes, and what is reserved must be what is held.
        int wanted = Math.Max(Math.Max(needed, BufferBytesMin), Math.Min(2 * _messageLength, _options.MessageBytesMax));
        int size = (int)BitOperations.RoundUpToPowerOf2((uint)wanted);
        if (_options.Reserve?.Invoke(size - _messageReserved) is false)
        {
            return false;
        }

        byte[] larger = ArrayPool<byte>.Shared.Rent(size);
        _message.AsSpan(0, _messageLength).CopyTo(larger);
        int kept = 0;
        Return(ref _message, ref kept);
        (_message, _messageReserved) = (larger, size);
        return true;
    }

    private WebSocketRead EndMessage()
    {
        ReadOnlyMemory<byte> payload = _message.AsMemory(0, _messageLength);
        (_lent, _lentReserved) = (_message, _messageReserved);
        (_message, _messageReserved) = (null, 0);
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

    private void Return(ref byte[]? buffer, ref int reserved)
    {
        byte[]? returned = buffer;
        buffer = null;
        if (returned is not null)
        {
            ArrayPool<byte>.Shared.Return(returned);
        }

        if (reserved > 0)
        {
            _options.Release?.Invoke(reserved);
            reserved = 0;
        }
    }
}

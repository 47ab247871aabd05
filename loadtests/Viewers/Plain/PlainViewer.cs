using System.Buffers;
using System.Net.Sockets;
using System.Text;
using Realtime.Loadtests.Audiences;
using Realtime.Loadtests.Speech;
using Realtime.Protocol.WebSockets;

namespace Realtime.Loadtests.Viewers.Plain;

/// <summary>
/// One viewer without TLS. After its request is sent, all happens on the thread of a <see cref="Poller"/>: the answer,
/// the subscription, then events. It holds bytes only of a frame or message that is not all
/// there.
/// </summary>
internal sealed class PlainViewer : IDisposable
{
    private const int ShownMax = 600;

    private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly ISpeech _speech;
    private readonly EventPlan _plan;
    private readonly int _number;
    private readonly TaskCompletionSource _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private byte[] _kept = [];
    private int _keptBytes;
    private ArrayBufferWriter<byte>? _parts;
    private bool _isUpgraded;
    private bool _isSubscribed;

    /// <summary>Makes viewer number <paramref name="number"/> of a plan.</summary>
    public PlainViewer(ISpeech speech, EventPlan plan, int number, EventViewer seen)
    {
        _speech = speech;
        _plan = plan;
        _number = number;
        Seen = seen;
    }

    /// <summary>What it saw.</summary>
    public EventViewer Seen { get; }

    /// <summary>Why it was cut off; null if it was not.</summary>
    public string? End { get; private set; }

    /// <summary>Its socket, once it is connected.</summary>
    public nint Handle => _socket.Handle;

    /// <summary>Connects and sends the request; the rest is the poller's.</summary>
    /// <exception cref="ViewerException">Nobody is there.</exception>
    public void Connect(Uri address, ReadOnlySpan<byte> request)
    {
        try
        {
            // No asynchronous call, so that the framework does not wait for this socket as well.
            _socket.Connect(address.Host, address.Port);
            _socket.Send(request);
            _socket.Blocking = false;
        }
        catch (SocketException failure)
        {
            throw new ViewerException($"{address} can't be reached: {failure.Message}", true, failure);
        }
    }

    /// <summary>Returns once it watches.</summary>
    /// <exception cref="ViewerException">It was refused, or cut off before.</exception>
    public Task WaitAsync(CancellationToken stopping) => _opened.Task.WaitAsync(stopping);

    /// <summary>Reads what has come. On the poller's thread, with its buffer.</summary>
    public void Read(byte[] buffer)
    {
        if (End is not null)
        {
            return;
        }

        _kept.AsSpan(0, _keptBytes).CopyTo(buffer);
        int read = _socket.Receive(buffer.AsSpan(_keptBytes), SocketFlags.None, out SocketError error);
        if (error == SocketError.WouldBlock)
        {
            return;
        }

        if (error != SocketError.Success || read == 0)
        {
            EndWith(error == SocketError.Success ? "cut off" : error.ToString());
            return;
        }

        ReadOnlySpan<byte> rest = buffer.AsSpan(0, _keptBytes + read);
        if (_isUpgraded || TryUpgrade(ref rest))
        {
            while (End is null && ServerFrame.TryRead(ref rest, out ServerFrame frame))
            {
                Take(frame);
            }
        }

        Keep(rest, buffer.Length);
    }

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();

    private bool TryUpgrade(ref ReadOnlySpan<byte> rest)
    {
        int end = rest.IndexOf("\r\n\r\n"u8);
        if (end < 0)
        {
            return false;
        }

        if (!rest.StartsWith("HTTP/1.1 101 "u8))
        {
            EndWith($"refused: {Encoding.UTF8.GetString(rest[..Math.Min(rest.Length, ShownMax)])}");
            return false;
        }

        rest = rest[(end + 4)..];
        _isUpgraded = true;
        Say(_speech.FirstWord(_plan, _number));
        return true;
    }

    private void Take(ServerFrame frame)
    {
        switch (frame.Opcode)
        {
            case WebSocketOpcode.Text or WebSocketOpcode.Binary when frame.IsFinal:
                Take(frame.Payload);
                break;
            case WebSocketOpcode.Text or WebSocketOpcode.Binary or WebSocketOpcode.Continuation:
                _parts ??= new ArrayBufferWriter<byte>();
                _parts.Write(frame.Payload);
                if (frame.IsFinal)
                {
                    Take(_parts.WrittenSpan);
                    _parts.ResetWrittenCount();
                }

                break;
            case WebSocketOpcode.Ping:
                Send(WebSocketOpcode.Pong, frame.Payload);
                break;
            case WebSocketOpcode.Pong:
                break;
            default:
                EndWith($"{frame.Opcode}: "
                    + Encoding.UTF8.GetString(frame.Payload[..Math.Min(frame.Payload.Length, ShownMax)]));
                break;
        }
    }

    private void Take(ReadOnlySpan<byte> message)
    {
        Seen.OnMessage(message);
        Say(_speech.AnswerTo(message, _plan, _number));
        if (!_isSubscribed && _speech.SaysSubscribed(message))
        {
            _isSubscribed = true;
            _opened.TrySetResult();
        }
    }

    private void Say(string? text)
    {
        if (text is not null)
        {
            Send(WebSocketOpcode.Text, Encoding.UTF8.GetBytes(text));
        }
    }

    // Rare and short: what the kernel can't take at once would be a peer that reads nothing.
    private void Send(WebSocketOpcode opcode, ReadOnlySpan<byte> payload)
    {
        var frame = new ArrayBufferWriter<byte>(payload.Length + 16);
        WebSocketFrameWriter.WriteMasked(frame, opcode, payload, (uint)Random.Shared.Next());
        int sent = _socket.Send(frame.WrittenSpan, SocketFlags.None, out SocketError error);
        if (error != SocketError.Success || sent != frame.WrittenCount)
        {
            EndWith($"can't send: {error}");
        }
    }

    private void Keep(ReadOnlySpan<byte> rest, int max)
    {
        if (rest.Length == max)
        {
            EndWith($"a message of more than {max} bytes");
            return;
        }

        if (rest.Length > _kept.Length)
        {
            _kept = new byte[Math.Max(1024, rest.Length * 2)];
        }

        rest.CopyTo(_kept);
        _keptBytes = rest.Length;
    }

    private void EndWith(string why)
    {
        End ??= why;
        _opened.TrySetException(new ViewerException($"A viewer was not subscribed: {why}", false));
        _ = _opened.Task.Exception; // Looked at: nobody waits once it watches.

        // Out of the poller's sight, and of the peer's.
        _socket.Dispose();
    }
}

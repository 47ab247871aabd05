using System.Buffers;
using System.Net.WebSockets;
using Realtime.Client.Subscriptions;
using Realtime.Client.Wire;
using Realtime.Protocol.Messages;

namespace Realtime.Client.Connections;

/// <summary>
/// One WebSocket from its opening to its end: one receive loop, one send loop. What is sent is not queued: the send
/// loop asks the subscriptions what they need said, so that nothing can pile up.
/// </summary>
internal sealed class Connection : IAsyncDisposable
{
    private static readonly TimeSpan CloseTimeout = TimeSpan.FromSeconds(2);

    private readonly WebSocket _socket;
    private readonly SpokenForm _form;
    private readonly FeedRegistry _feeds;
    private readonly RealtimeClientOptions _options;
    private readonly AsyncSignal _wake;
    private readonly OwnMessages _own;
    private readonly TokenRenewal? _renewal;
    private readonly MessageRouter _router;
    private readonly Action<ServerMessage, bool> _welcomed;
    private readonly Action<ServerNotice> _noticed;
    private readonly CancellationTokenSource _gone;
    private PeerWatch? _watch;
    private TimeSpan? _drainDelay;
    private volatile bool _isDeadPeer;
    private volatile bool _isWelcomed;
    private volatile int _messageBytesMax = int.MaxValue;
    private int _goodbye;

    /// <summary>Takes over an open socket.</summary>
    /// <param name="socket">The socket.</param>
    /// <param name="feeds">The client's subscriptions.</param>
    /// <param name="options">The client's options.</param>
    /// <param name="wake">Set when a subscription may have something to say.</param>
    /// <param name="own">What is said beside that of the subscriptions.</param>
    /// <param name="renewal">Renews its token; null if a ticket opened it.</param>
    /// <param name="welcomed">Called with <c>welcome</c>, and whether it is another of the same session.</param>
    /// <param name="noticed">Called with errors that concern no request.</param>
    public Connection(
        WebSocket socket, FeedRegistry feeds, RealtimeClientOptions options, AsyncSignal wake,
        OwnMessages own, TokenRenewal? renewal, Action<ServerMessage, bool> welcomed, Action<ServerNotice> noticed)
    {
        _socket = socket;
        _form = new SpokenForm(socket);
        _feeds = feeds;
        _options = options;
        _wake = wake;
        _own = own;
        _renewal = renewal;
        _welcomed = welcomed;
        _noticed = noticed;
        _router = new MessageRouter(feeds, OnOwn);
        _gone = new CancellationTokenSource(Timeout.InfiniteTimeSpan, options.TimeProvider);
    }

    /// <summary>Runs until the connection has ended, and both loops with it.</summary>
    /// <param name="connecting">Cancelled when <c>welcome</c> is overdue.</param>
    /// <param name="stopping">Cancelled when the application wants no connection any more.</param>
    public async Task<ConnectionEnd> RunAsync(CancellationToken connecting, CancellationToken stopping)
    {
        Task<ConnectionEnd> receiving = ReceiveAsync();
        Task sending = SendAsync();
        try
        {
            await using CancellationTokenRegistration overdue = connecting.Register(OnOverdue);
            await using CancellationTokenRegistration ending = stopping.Register(
                () => SayGoodbye(WebSocketCloseStatus.NormalClosure));
            if (await Task.WhenAny(receiving, sending) == sending)
            {
                // Goodbye is said, or sending failed: what the peer still has to say is heard for a little while.
                _gone.CancelAfter(CloseTimeout);
            }

            ConnectionEnd end = await receiving;
            SayGoodbye(WebSocketCloseStatus.NormalClosure);
            await sending.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return end with { WasWelcomed = _isWelcomed };
        }
        finally
        {
            await _gone.CancelAsync();
            await Task.WhenAll(receiving, sending).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Drops the socket; after <see cref="RunAsync"/>.</summary>
    public async ValueTask DisposeAsync()
    {
        await (_watch?.DisposeAsync() ?? ValueTask.CompletedTask);
        _socket.Dispose();
        _gone.Dispose();
    }

    private void OnOverdue()
    {
        if (!_isWelcomed)
        {
            _gone.Cancel();
        }
    }

    // The first one counts; bounded in time, since a dead peer takes nothing.
    private void SayGoodbye(WebSocketCloseStatus status)
    {
        if (Interlocked.CompareExchange(ref _goodbye, (int)status, 0) == 0)
        {
            _wake.Set();
            _gone.CancelAfter(CloseTimeout);
        }
    }

    private async Task<ConnectionEnd> ReceiveAsync()
    {
        using var buffer = new ReceiveBuffer(_options.MessageBytesMax);
        try
        {
            while (true)
            {
                Memory<byte> room = buffer.Room();
                if (room.IsEmpty)
                {
                    SayGoodbye(WebSocketCloseStatus.MessageTooBig);
                    return ConnectionEnd.Failed(ConnectionReasons.Protocol, new RealtimeException(
                        ClientErrorCodes.Protocol,
                        $"A message of more than MessageBytesMax = {_options.MessageBytesMax} bytes.", retry: true));
                }

                ValueWebSocketReceiveResult part = await _socket.ReceiveAsync(room, _gone.Token);
                _watch?.Heard();
                if (part.MessageType == WebSocketMessageType.Close)
                {
                    return ConnectionEnd.OfClose(
                        (int?)_socket.CloseStatus ?? 1005, _socket.CloseStatusDescription, _drainDelay);
                }

                buffer.Advance(part.Count);
                if (part.EndOfMessage)
                {
                    _router.Take(buffer.Message, _form.Check(part.MessageType));
                    buffer.Clear();
                }
            }
        }
        catch (RealtimeException violation)
        {
            SayGoodbye(WebSocketCloseStatus.ProtocolError);
            return ConnectionEnd.Failed(ConnectionReasons.Protocol, violation);
        }
        catch (Exception failure) when (failure is WebSocketException or IOException or OperationCanceledException
            or ObjectDisposedException or InvalidOperationException)
        {
            return ConnectionEnd.OfBreak(
                failure, _isDeadPeer, _isWelcomed ? null : _options.ConnectTimeout, _drainDelay);
        }
    }

    // On the receive loop.
    private void OnOwn(ServerMessage message)
    {
        switch (message.Op)
        {
            case "welcome":
                OnWelcome(message);
                break;
            case "drain":
                OnDrain(message);
                break;
            case "ping":
                _own.Pong(message.Nonce);
                break;
            case "expiring" when message.ExpiresAt is { } expiresAtMs:
                _renewal?.OnExpiring(expiresAtMs);
                break;
            case "authenticated":
                _renewal?.OnAnswer(null);
                break;
            case "error" when message.Request == "auth":
                _renewal?.OnAnswer(new RealtimeException(
                    message.Code ?? ClientErrorCodes.Protocol, message.Detail ?? string.Empty, message.Retry));
                break;
            case "error":
                _noticed(new ServerNotice(
                    message.Code ?? ClientErrorCodes.Protocol, message.Detail ?? string.Empty, message.Retry,
                    message.Id));
                break;
        }
    }

    // The first one opens; another of the same session tells that something else was agreed.
    private void OnWelcome(ServerMessage welcome)
    {
        if (welcome.HeartbeatMs is > 0 and <= int.MaxValue)
        {
            var heartbeat = TimeSpan.FromMilliseconds(welcome.HeartbeatMs.Value);
            _watch ??= new PeerWatch(_options.TimeProvider, heartbeat, _own.Ping, OnDead);
            _watch.Agree(heartbeat);
        }

        _messageBytesMax = welcome.MessageBytes ?? int.MaxValue;
        _welcomed(welcome, _isWelcomed);
        _isWelcomed = true;
        _wake.Set();
    }

    // A server that is killed while it leaves may close nothing.
    private void OnDrain(ServerMessage drain)
    {
        _drainDelay = TimeSpan.FromMilliseconds(Math.Clamp(drain.Delay ?? 0, 0, int.MaxValue));
        _gone.CancelAfter(TimeSpan.FromMilliseconds(Math.Clamp(drain.Deadline ?? 0, 0, int.MaxValue)) + CloseTimeout);

        // A goodbye of ours has its own, shorter bound, which this must not have lengthened.
        if (Volatile.Read(ref _goodbye) != 0)
        {
            _gone.CancelAfter(CloseTimeout);
        }
    }

    private void OnDead()
    {
        _isDeadPeer = true;
        _gone.Cancel();
    }

    private async Task SendAsync()
    {
        var output = new ArrayBufferWriter<byte>(1024);
        while (true)
        {
            await _wake.WaitAsync(_gone.Token);
            bool isMore = true;
            while (isMore)
            {
                if (Volatile.Read(ref _goodbye) is var status and not 0)
                {
                    await _socket.CloseOutputAsync((WebSocketCloseStatus)status, null, _gone.Token);
                    return;
                }

                isMore = _isWelcomed && await SendRoundAsync(output);
            }
        }
    }

    // One message of each subscription that has one, so that none waits for another's.
    private async Task<bool> SendRoundAsync(ArrayBufferWriter<byte> output)
    {
        bool hasSent = false;
        while (_own.TryWriteNext(output))
        {
            _form.Encode(output);
            await _form.SendAsync(output, _gone.Token);
        }

        foreach (IFeed feed in _feeds.All)
        {
            if (Volatile.Read(ref _goodbye) == 0 && feed.TryWriteNext(output))
            {
                hasSent = true;
                _form.Encode(output);
                if (output.WrittenCount <= _messageBytesMax)
                {
                    await _form.SendAsync(output, _gone.Token);
                }
                else
                {
                    FailTooLarge(feed, output);
                }
            }
        }

        return hasSent;
    }

    // The server would close the connection, and with it every other subscription, time and again.
    private void FailTooLarge(IFeed feed, ArrayBufferWriter<byte> output)
    {
        feed.Fail(new RealtimeException(
            ErrorCodes.TooLarge,
            $"Its filter and cursor make a message of {output.WrittenCount} bytes; {_messageBytesMax} are allowed.",
            retry: false));
        output.ResetWrittenCount();
    }
}

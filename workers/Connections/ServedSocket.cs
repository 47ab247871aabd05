using System.IO.Pipelines;
using Realtime.Protocol;

namespace Realtime.Workers.Connections;

/// <summary>An open WebSocket: its transport, what is behind it, and its end, for which one source stands.</summary>
internal sealed class ServedSocket : IAsyncDisposable
{
    private readonly AcceptedSocket _accepted;
    private readonly CancellationTokenSource _closed;
    private CancellationTokenRegistration _gone;
    private HeardReader? _input;
    private ISocket? _socket;

    public ServedSocket(AcceptedSocket accepted, ConnectionKind kind, Subprotocol subprotocol, TimeProvider clock)
    {
        (_accepted, Kind, Subprotocol) = (accepted, kind, subprotocol);
        _closed = new CancellationTokenSource(Timeout.InfiniteTimeSpan, clock);
    }

    public ConnectionKind Kind { get; }

    public Subprotocol Subprotocol { get; }

    public ISocket Socket => _socket!;

    /// <summary>What the peer sends; each byte of it is a sign of life.</summary>
    public PipeReader Input => _input!;

    /// <summary>Cancelled when the transport is gone, or nothing more is waited for.</summary>
    public CancellationToken Closed => _closed.Token;

    /// <summary>The code it ended with; null if there was none.</summary>
    public CloseCode? CloseCode { get; set; }

    /// <summary>Makes what is behind it, of which nothing is begun yet.</summary>
    public void Open(WebSocketServer.Opening open)
    {
        _socket = open(Subprotocol, _accepted.Pipe.Output, _closed.Token);
        _input = new HeardReader(_accepted.Pipe.Input, _socket.Connection.Pulse);
        _gone = _accepted.Gone.UnsafeRegister(static served => ((ServedSocket)served!).Leave(), this);
    }

    /// <summary>Ends the transport without another byte.</summary>
    public void Abort() => _accepted.Abort();

    /// <summary>Waits so long for the peer, and no longer.</summary>
    public void CloseAfter(TimeSpan time) => _closed.CancelAfter(time);

    /// <summary>Nothing more is waited for.</summary>
    public async ValueTask DisposeAsync()
    {
        await _gone.DisposeAsync();
        await _closed.CancelAsync();
        _closed.Dispose();
    }

    private void Leave()
    {
        Socket.Connection.Outbox.Abort();
        _closed.Cancel();
    }
}

using System.Net;
using System.Net.Sockets;
using Realtime.Loadtests.Viewers.Plain;

namespace Realtime.Loadtests.StandIn;

/// <summary>
/// What stands in a worker's place where a proxy is measured: the least that takes events by <c>POST</c> and hands them
/// to the WebSockets of their agents, on one thread, without TLS, identities or a log. Every proxy has the same one
/// behind it:
/// <code>
///   publisher --> POST /v1/events --> stand-in --> proxy --> viewers
/// </code>
/// </summary>
internal sealed class StandInServer : IDisposable
{
    private const int Backlog = 1024;
    private const int BufferBytes = 1024 * 1024;

    private readonly Socket _listener = new(SocketType.Stream, ProtocolType.Tcp);
    private readonly Dictionary<int, StandInConnection> _connections = [];
    private readonly StandInRooms _rooms = new();
    private readonly byte[] _buffer = new byte[BufferBytes];
    private readonly Poller _poller;
    private int _last;

    /// <summary>Listens on a port of the loopback.</summary>
    public StandInServer(int port)
    {
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, port));
        _listener.Listen(Backlog);
        _listener.Blocking = false;
        _poller = new Poller("stand-in", Ready);
        _poller.Watch(_listener.Handle, 0);
    }

    /// <summary>Where it listens.</summary>
    public int Port => ((IPEndPoint)_listener.LocalEndPoint!).Port;

    /// <inheritdoc/>
    public void Dispose()
    {
        _poller.Dispose();
        _listener.Dispose();
        foreach (StandInConnection connection in _connections.Values)
        {
            connection.Dispose();
        }
    }

    private void Ready(int key, bool canWrite)
    {
        if (key == 0)
        {
            Accept();
        }
        else if (_connections.TryGetValue(key, out StandInConnection? connection))
        {
            if ((canWrite && !connection.TryFlush()) || !connection.TryRead(_buffer))
            {
                _connections.Remove(key);
                connection.Dispose();
            }
        }
    }

    private void Accept()
    {
        Socket socket;
        try
        {
            socket = _listener.Accept();
        }
        catch (SocketException)
        {
            // It went away meanwhile.
            return;
        }

        socket.NoDelay = true;
        socket.Blocking = false;
        int key = ++_last;
        _connections[key] = new StandInConnection(
            socket, _rooms, isWanted => _poller.WatchWriting(socket.Handle, key, isWanted));
        _poller.Watch(socket.Handle, key);
    }
}

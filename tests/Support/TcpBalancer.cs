using System.Net;
using System.Net.Sockets;

namespace Realtime.Tests.Support;

/// <summary>
/// One address for several servers, as a load balancer gives: each connection goes to the next one in turn, or to
/// another if that one does not take it. What networks do can be done to the way to each.
/// </summary>
internal sealed class TcpBalancer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly IPEndPoint[] _targets;
    private readonly TcpLink[] _links;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _accepting;

    /// <summary>Starts one in front of ports of the loopback.</summary>
    public TcpBalancer(params IReadOnlyList<int> targets)
    {
        _targets = [.. targets.Select(port => new IPEndPoint(IPAddress.Loopback, port))];
        _links = [.. targets.Select(_ => new TcpLink(_stopping.Token))];
        _listener.Start(backlog: 512);
        _accepting = AcceptAsync();
    }

    /// <summary>Where it listens.</summary>
    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>The ways to the servers, in their order.</summary>
    public IReadOnlyList<TcpLink> Links => _links;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _listener.Dispose();
        foreach (TcpLink link in _links)
        {
            link.Cut();
        }

        await _accepting;
        await Task.WhenAll(_links.Select(link => link.EndedAsync()));
        _stopping.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            for (int turn = 0; ; turn = (turn + 1) % _links.Length)
            {
                Socket client = await _listener.AcceptSocketAsync(_stopping.Token);
                await PlaceAsync(client, turn);
            }
        }
        catch (Exception ended) when (ended is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The balancer is disposed of.
        }
    }

    // On the loopback a port answers at once, or refuses at once, even while its process hangs: so one after the other.
    private async Task PlaceAsync(Socket client, int turn)
    {
        for (int i = 0; i < _links.Length; i++)
        {
            int choice = (turn + i) % _links.Length;
            if (_links[choice].IsRefusing)
            {
                continue;
            }

            var server = new Socket(SocketType.Stream, ProtocolType.Tcp);
            try
            {
                await server.ConnectAsync(_targets[choice], _stopping.Token);
                _links[choice].Carry(client, server);
                return;
            }
            catch (SocketException)
            {
                // Nobody listens there now.
                server.Dispose();
            }
        }

        client.Close(0);
    }
}

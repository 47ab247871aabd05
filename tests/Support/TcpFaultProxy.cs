using System.Net;
using System.Net.Sockets;

namespace Realtime.Tests.Support;

/// <summary>
/// A TCP proxy on the loopback that does to connections what networks do: cut them, refuse new ones, delay bytes, or
/// swallow them without a word (half-open).
/// </summary>
internal sealed class TcpFaultProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly IPEndPoint _target;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _accepting;

    /// <summary>Starts one in front of a port of the loopback.</summary>
    public TcpFaultProxy(int target)
    {
        _target = new IPEndPoint(IPAddress.Loopback, target);
        Link = new TcpLink(_stopping.Token);
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>What it carries, with all that can be done to it.</summary>
    public TcpLink Link { get; }

    /// <summary>Where it listens.</summary>
    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>How many connections it carries now.</summary>
    public int Connections => Link.Connections;

    /// <summary>How long each piece of bytes is held back, in both directions.</summary>
    public TimeSpan Delay
    {
        get => Link.Delay;
        set => Link.Delay = value;
    }

    /// <summary>Resets all connections; new ones are accepted.</summary>
    public void Cut() => Link.Cut();

    /// <summary>Whether new connections are reset as soon as they are made.</summary>
    public void Refuse(bool refusing) => Link.IsRefusing = refusing;

    /// <summary>
    /// From now on the connections there are stay open, and nothing travels on them; new ones work.
    /// </summary>
    public void HalfOpen() => Link.HalfOpen();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _listener.Dispose();
        Cut();
        await _accepting;
        await Link.EndedAsync();
        _stopping.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                Socket client = await _listener.AcceptSocketAsync(_stopping.Token);
                if (Link.IsRefusing)
                {
                    client.Close(0);
                    continue;
                }

                Link.Carry(client, server => server.ConnectAsync(_target, _stopping.Token));
            }
        }
        catch (Exception ended) when (ended is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The proxy is disposed of.
        }
    }
}

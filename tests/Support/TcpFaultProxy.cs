using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Realtime.Tests.Support;

/// <summary>
/// A TCP proxy on the loopback that does to connections what networks do: cut them, refuse new ones, delay bytes, or
/// swallow them without a word (half-open).
/// </summary>
internal sealed class TcpFaultProxy : IAsyncDisposable
{
    private const int BufferBytes = 64 * 1024;

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly int _target;
    private readonly CancellationTokenSource _stopping = new();
    private readonly ConcurrentDictionary<Pair, Task> _pairs = new();
    private readonly Task _accepting;
    private volatile bool _refusing;
    private long _delayTicks;

    /// <summary>Starts one in front of a port of the loopback.</summary>
    public TcpFaultProxy(int target)
    {
        _target = target;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>Where it listens.</summary>
    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>How many connections it carries now.</summary>
    public int Connections => _pairs.Count;

    /// <summary>How long each piece of bytes is held back, in both directions.</summary>
    public TimeSpan Delay
    {
        get => TimeSpan.FromTicks(Interlocked.Read(ref _delayTicks));
        set => Interlocked.Exchange(ref _delayTicks, value.Ticks);
    }

    /// <summary>Resets all connections; new ones are accepted.</summary>
    public void Cut()
    {
        foreach (Pair pair in _pairs.Keys)
        {
            pair.Reset();
        }
    }

    /// <summary>Whether new connections are reset as soon as they are made.</summary>
    public void Refuse(bool refusing) => _refusing = refusing;

    /// <summary>
    /// From now on the connections there are stay open, and nothing travels on them; new ones work.
    /// </summary>
    public void HalfOpen()
    {
        foreach (Pair pair in _pairs.Keys)
        {
            pair.IsMute = true;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _listener.Dispose();
        Cut();
        await _accepting;
        await Task.WhenAll(_pairs.Values);
        _stopping.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                Socket client = await _listener.AcceptSocketAsync(_stopping.Token);
                var pair = new Pair(client, new Socket(SocketType.Stream, ProtocolType.Tcp));
                if (_refusing)
                {
                    pair.Reset();
                    continue;
                }

                _pairs[pair] = Task.CompletedTask;
                _pairs[pair] = CarryAsync(pair);
            }
        }
        catch (Exception ended) when (ended is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The proxy is disposed of.
        }
    }

    private async Task CarryAsync(Pair pair)
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        try
        {
            await pair.Server.ConnectAsync(new IPEndPoint(IPAddress.Loopback, _target), _stopping.Token);
            await Task.WhenAny(
                CopyAsync(pair, pair.Client, pair.Server), CopyAsync(pair, pair.Server, pair.Client));
        }
        catch (Exception ended) when (ended is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // One side is gone: the other goes too.
        }
        finally
        {
            pair.Reset();
            _pairs.TryRemove(pair, out _);
        }
    }

    private async Task CopyAsync(Pair pair, Socket from, Socket to)
    {
        byte[] buffer = new byte[BufferBytes];
        try
        {
            while (await from.ReceiveAsync(buffer, _stopping.Token) is int length and > 0)
            {
                if (Delay > TimeSpan.Zero)
                {
                    await Task.Delay(Delay, TimeProvider.System, _stopping.Token);
                }

                if (!pair.IsMute)
                {
                    await to.SendAsync(buffer.AsMemory(0, length), _stopping.Token);
                }
            }
        }
        catch (Exception ended) when (ended is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // The other direction ends with this one.
        }
    }

    private sealed class Pair(Socket client, Socket server)
    {
        private volatile bool _isMute;

        public Socket Client { get; } = client;

        public Socket Server { get; } = server;

        public bool IsMute
        {
            get => _isMute;
            set => _isMute = value;
        }

        public void Reset()
        {
            Client.Close(0);
            Server.Close(0);
        }
    }
}

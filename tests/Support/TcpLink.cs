using System.Collections.Concurrent;
using System.Net.Sockets;

namespace Realtime.Tests.Support;

/// <summary>
/// A way between two parts and its connections, with what networks do to them: cut them, refuse new ones, delay bytes,
/// hold them back for a while, or swallow them for good without a word (half-open).
/// </summary>
/// <param name="stopping">Ends all connections.</param>
internal sealed class TcpLink(CancellationToken stopping)
{
    private const int BufferBytes = 16 * 1024;

    private readonly ConcurrentDictionary<Pair, Task> _pairs = new();
    private volatile bool _refusing;
    private volatile TaskCompletionSource? _held;
    private long _delayTicks;

    /// <summary>How many connections it carries now.</summary>
    public int Connections => _pairs.Count;

    /// <summary>How long each piece of bytes is held back, in both directions.</summary>
    public TimeSpan Delay
    {
        get => TimeSpan.FromTicks(Interlocked.Read(ref _delayTicks));
        set => Interlocked.Exchange(ref _delayTicks, value.Ticks);
    }

    /// <summary>Whether new connections are reset as soon as they are made.</summary>
    public bool IsRefusing
    {
        get => _refusing;
        set => _refusing = value;
    }

    /// <summary>Resets all connections; new ones are accepted.</summary>
    public void Cut()
    {
        foreach (Pair pair in _pairs.Keys)
        {
            pair.Reset();
        }
    }

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

    /// <summary>Resets those that <see cref="HalfOpen"/> left behind.</summary>
    public void CutHalfOpen()
    {
        foreach (Pair pair in _pairs.Keys.Where(pair => pair.IsMute))
        {
            pair.Reset();
        }
    }

    /// <summary>
    /// From now on nothing travels on any connection, old or new, as when packets are dropped; not even that an end has
    /// gone.
    /// </summary>
    public void Hold() => _held ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>After <see cref="Hold"/>: what was held back travels on, as TCP would send it again.</summary>
    public void Release()
    {
        TaskCompletionSource? held = _held;
        _held = null;
        held?.TrySetResult();
    }

    /// <summary>Carries bytes between a client and a server until one of them is gone.</summary>
    /// <param name="client">Connected.</param>
    /// <param name="connect">Connects the socket that it is given to the server.</param>
    public void Carry(Socket client, Func<Socket, ValueTask> connect) =>
        Carry(new Pair(client, new Socket(SocketType.Stream, ProtocolType.Tcp)), connect);

    /// <summary>The same with a server that is connected already.</summary>
    public void Carry(Socket client, Socket server) =>
        Carry(new Pair(client, server), static _ => ValueTask.CompletedTask);

    /// <summary>Ends when all connections have.</summary>
    public Task EndedAsync() => Task.WhenAll(_pairs.Values);

    private void Carry(Pair pair, Func<Socket, ValueTask> connect)
    {
        _pairs[pair] = Task.CompletedTask;

        // Not if it has ended meanwhile.
        _pairs.TryUpdate(pair, CarryAsync(pair, connect), Task.CompletedTask);
    }

    private async Task CarryAsync(Pair pair, Func<Socket, ValueTask> connect)
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        try
        {
            pair.Client.NoDelay = pair.Server.NoDelay = true;
            await connect(pair.Server);
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
            int length;
            do
            {
                length = await from.ReceiveAsync(buffer, stopping);
                if (Delay > TimeSpan.Zero)
                {
                    await Task.Delay(Delay, TimeProvider.System, stopping);
                }

                if (_held is { } held)
                {
                    await held.Task.WaitAsync(stopping);
                }

                if (!pair.IsMute)
                {
                    await to.SendAsync(buffer.AsMemory(0, length), stopping);
                }
            }
            while (length > 0);
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

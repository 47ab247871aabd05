using System.Collections.Immutable;
using StackExchange.Redis;

namespace Realtime.Log.Redis;

/// <summary>
/// The bells of this process: one subscription per channel however many listen, dropped with the last of them, and
/// made again when the connection is replaced.
/// </summary>
internal sealed class RedisDoorbells
{
    // Held over calls of the library that only queue a command, so that subscribe and unsubscribe leave in the order
    // decided.
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Bell> _bells = [];

    // Where bells belong since the last move: a listener may come with the connection of before.
    private ConnectionMultiplexer? _current;

    /// <summary>Starts to listen; dispose what is returned to stop. Each ring brings the message, which is empty if
    /// nobody knows what was rung for.</summary>
    /// <exception cref="LogUnavailableException">Redis could not be told.</exception>
    public async Task<IAsyncDisposable> ListenAsync(
        RedisConnection connection, string channel, Action<ReadOnlyMemory<byte>> rung,
        CancellationToken cancellationToken)
    {
        Bell? bell;
        lock (_lock)
        {
            if (!_bells.TryGetValue(channel, out bell))
            {
                _bells[channel] = bell = new Bell(channel);
            }

            bell.Listeners = bell.Listeners.Add(rung);
        }

        var listener = new Listener(this, bell, rung);
        try
        {
            await connection.RunAsync(redis => SubscribeAsync(bell, redis), 0, cancellationToken);
            return listener;
        }
        catch
        {
            await listener.DisposeAsync();
            throw;
        }
    }

    /// <summary>Rings all bells: after the connection came back nobody knows which were rung meanwhile.</summary>
    public void RingAll()
    {
        ImmutableArray<Bell> bells;
        lock (_lock)
        {
            bells = [.. _bells.Values];
        }

        foreach (Bell bell in bells)
        {
            bell.Ring(default);
        }
    }

    /// <summary>
    /// Makes all subscriptions again on a new connection. The library sends them as soon as it is connected.
    /// </summary>
    public void MoveTo(ConnectionMultiplexer redis)
    {
        ImmutableArray<Bell> bells;
        lock (_lock)
        {
            _current = redis;
            bells = [.. _bells.Values];
        }

        foreach (Bell bell in bells)
        {
            // What fails now is made again by the library when it connects, or by the next listener.
            RedisTasks.Observe(SubscribeAsync(bell, redis));
        }

        RingAll();
    }

    private async Task<bool> SubscribeAsync(Bell bell, ConnectionMultiplexer redis)
    {
        Task subscribed;
        lock (_lock)
        {
            redis = _current ?? redis;
            if (!bell.Listeners.IsEmpty && (!ReferenceEquals(bell.On, redis) || bell.Subscribed.IsFaulted))
            {
                bell.Subscribed = redis.GetSubscriber().SubscribeAsync(
                    bell.Channel, (_, message) => bell.Ring((byte[])message));
                bell.On = redis;
            }

            subscribed = bell.Subscribed;
        }

        await subscribed;
        return true;
    }

    private void Leave(Bell bell, Action<ReadOnlyMemory<byte>> rung)
    {
        lock (_lock)
        {
            bell.Listeners = bell.Listeners.Remove(rung);
            if (!bell.Listeners.IsEmpty)
            {
                return;
            }

            _bells.Remove(bell.Channel);
            try
            {
                RedisTasks.Observe(bell.On?.GetSubscriber().UnsubscribeAsync(bell.Channel) ?? Task.CompletedTask);
            }
            catch (Exception gone) when (gone is RedisException or ObjectDisposedException)
            {
                // The subscription went with its connection.
            }
        }
    }

    private sealed class Bell(string channel)
    {
        public string Channel { get; } = channel;

        public ImmutableArray<Action<ReadOnlyMemory<byte>>> Listeners { get; set; } = [];

        public ConnectionMultiplexer? On { get; set; }

        public Task Subscribed { get; set; } = Task.CompletedTask;

        public void Ring(ReadOnlyMemory<byte> message)
        {
            foreach (Action<ReadOnlyMemory<byte>> rung in Listeners)
            {
                rung(message);
            }
        }
    }

    private sealed class Listener(RedisDoorbells doorbells, Bell bell, Action<ReadOnlyMemory<byte>> rung)
        : IAsyncDisposable
    {
        private int _left;

        public ValueTask DisposeAsync()
        {
            if (Interlocked.Exchange(ref _left, 1) == 0)
            {
                doorbells.Leave(bell, rung);
            }

            return ValueTask.CompletedTask;
        }
    }
}

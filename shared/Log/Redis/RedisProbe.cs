using StackExchange.Redis;

namespace Realtime.Log.Redis;

/// <summary>
/// Tries a connection out again and again. A peer that vanished without a word leaves a socket that looks alive for
/// ever, and the subscriptions have a socket of their own: so the process calls to itself by way of Redis and listens
/// for the echo.
/// </summary>
internal sealed class RedisProbe(RedisOptions options, bool withEcho, TimeProvider time)
{
    // One that never connected has nothing to lose, and the library may never try it again.
    private static readonly TimeSpan ConnectWithin = TimeSpan.FromSeconds(2.5);

    private readonly RedisChannel _echoChannel = RedisKeys.Echo(Guid.NewGuid());
    private int _echoed;

    /// <summary>
    /// Returns when the connection answered no probe for too long, or leads to a replica: whether it ever was
    /// connected.
    /// </summary>
    public async Task<bool> WatchAsync(RedisLink link, CancellationToken stopping)
    {
        bool connected = false;
        bool subscribed = !withEcho;
        long answered = time.GetTimestamp();
        using var timer = new PeriodicTimer(options.ProbeInterval, time);
        while (await timer.WaitForNextTickAsync(stopping))
        {
            subscribed = subscribed || await SucceedsAsync(() => SubscribeAsync(link), stopping);
            bool alive = subscribed && await SucceedsAsync(() => CallAsync(link), stopping);
            // The echo of the call before this one: a probe never waits for its own.
            if (alive && (!withEcho || Interlocked.Exchange(ref _echoed, 0) == 1))
            {
                answered = time.GetTimestamp();
            }

            connected = connected || alive || link.Multiplexer.IsConnected;
            TimeSpan patience = connected || options.ReconnectAfter < ConnectWithin
                ? options.ReconnectAfter
                : ConnectWithin;
            if (link.IsHurried || time.GetElapsedTime(answered) > patience)
            {
                break;
            }
        }

        return connected;
    }

    private Task SubscribeAsync(RedisLink link) =>
        link.Multiplexer.GetSubscriber().SubscribeAsync(_echoChannel, (_, _) => Interlocked.Exchange(ref _echoed, 1));

    // To the primary: a replica beside it answers as well, and would hide for a minute that the primary is gone.
    private Task CallAsync(RedisLink link) => withEcho
        ? link.Multiplexer.GetSubscriber().PublishAsync(
            _echoChannel, RedisValue.EmptyString, CommandFlags.DemandMaster)
        : link.Multiplexer.GetDatabase().PingAsync(CommandFlags.DemandMaster);

    private async Task<bool> SucceedsAsync(Func<Task> attempt, CancellationToken stopping)
    {
        // On a thread of its own: the library may block before it returns a task.
        Task tried = Task.Run(attempt, CancellationToken.None);
        RedisTasks.Observe(tried);
        try
        {
            await tried.WaitAsync(options.CommandTimeout, time, stopping);
            return true;
        }
        catch (Exception) when (!stopping.IsCancellationRequested)
        {
            // Whatever it is, even a cancellation that is not ours: a connection that throws answers nothing.
            return false;
        }
    }
}

using StackExchange.Redis;

namespace Realtime.Log.Redis;

/// <summary>
/// Tries a connection out again and again. A peer that vanished without a word leaves a socket that looks alive for
/// ever, and the subscriptions have a socket of their own: so the process calls to itself by way of Redis and listens
/// for the echo.
/// </summary>
internal sealed class RedisProbe(RedisOptions options, bool withEcho, TimeProvider time)
{
    private readonly RedisChannel _echoChannel = RedisKeys.Echo(Guid.NewGuid());
    private int _echoed;

    /// <summary>Returns when the connection answered no probe for too long, or leads to a replica.</summary>
    public async Task WatchAsync(RedisLink link, CancellationToken stopping)
    {
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

            if (link.IsHurried || time.GetElapsedTime(answered) > options.ReconnectAfter)
            {
                return;
            }
        }
    }

    private Task SubscribeAsync(RedisLink link) =>
        link.Multiplexer.GetSubscriber().SubscribeAsync(_echoChannel, (_, _) => Interlocked.Exchange(ref _echoed, 1));

    private Task CallAsync(RedisLink link) => withEcho
        ? link.Multiplexer.GetSubscriber().PublishAsync(_echoChannel, RedisValue.EmptyString)
        : link.Multiplexer.GetDatabase().PingAsync();

    private async Task<bool> SucceedsAsync(Func<Task> attempt, CancellationToken stopping)
    {
        try
        {
            await attempt().WaitAsync(options.CommandTimeout, time, stopping);
            return true;
        }
        catch (Exception failure) when (failure is RedisException or TimeoutException or ObjectDisposedException)
        {
            return false;
        }
    }
}

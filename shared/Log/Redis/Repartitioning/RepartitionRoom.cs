using StackExchange.Redis;

namespace Realtime.Log.Redis.Repartitioning;

/// <summary>Whether Redis has room for two copies: one that gets full in the middle would refuse both.</summary>
internal static class RepartitionRoom
{
    /// <summary>Asks the server of each partition for its memory; one that must not say is believed to have
    /// enough.</summary>
    /// <exception cref="RepartitionException">One has not.</exception>
    public static async Task CheckAsync(
        RedisConnection connection, RedisKeys keys, LogOptions options, CancellationToken stopping)
    {
        for (int partition = 0; partition < keys.Partitions; partition++)
        {
            (long used, long max) = await AskAsync(connection, keys.Streams(partition), stopping);
            if (max > 0 && used * 2 > max)
            {
                throw new RepartitionException(
                    $"Redis ({options.Redis.Address}) uses {used} of {max} bytes (maxmemory), and for a while "
                        + "there are two copies of the log. Raise maxmemory to twice what is used, then begin again.");
            }
        }
    }

    private static async Task<(long Used, long Max)> AskAsync(
        RedisConnection connection, RedisKey near, CancellationToken stopping)
    {
        try
        {
            var reply = (long[])await connection.EvaluateAsync(RedisScript.Memory, [near], [], 0, stopping);
            return (reply[0], reply[1]);
        }
        catch (LogUnavailableException refused) when (refused.InnerException is RedisServerException)
        {
            return (0, 0);
        }
    }
}

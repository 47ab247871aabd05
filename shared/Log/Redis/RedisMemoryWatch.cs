using System.Globalization;
using System.Net;
using StackExchange.Redis;

namespace Realtime.Log.Redis;

/// <summary>
/// Looks at the memory of each primary now and then. What a server does not tell, as some managed ones, is not shown.
/// </summary>
internal sealed class RedisMemoryWatch(RedisConnection connection, RedisMetrics metrics, TimeProvider time)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(15);

    private long _lookedAt;

    /// <summary>Looks, if it is time to.</summary>
    /// <exception cref="LogUnavailableException">Redis gave no answer.</exception>
    public async Task LookAsync(CancellationToken cancellationToken)
    {
        long now = time.GetTimestamp();
        long lookedAt = Interlocked.Read(ref _lookedAt);
        if ((lookedAt != 0 && time.GetElapsedTime(lookedAt, now) < Interval)
            || Interlocked.CompareExchange(ref _lookedAt, now, lookedAt) != lookedAt)
        {
            return;
        }

        metrics.MemoryIs(await connection.RunAsync(AskAllAsync, 0, cancellationToken));
    }

    /// <summary>Reads <c>INFO</c>; null if it does not tell.</summary>
    internal static RedisMemory? Read(string node, IEnumerable<KeyValuePair<string, string>> info)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach ((string key, string value) in info)
        {
            values[key] = value;
        }

        return Number("used_memory") is { } used
            ? new RedisMemory(node, used, Number("maxmemory") ?? 0, Number("evicted_keys") ?? 0)
            : null;

        long? Number(string key) =>
            values.TryGetValue(key, out string? text) && long.TryParse(text, CultureInfo.InvariantCulture, out long n)
                ? n
                : null;
    }

    private static async Task<IReadOnlyList<RedisMemory>> AskAllAsync(ConnectionMultiplexer redis)
    {
        RedisMemory?[] answers = await Task.WhenAll(redis.GetEndPoints()
            .Select(endpoint => (Endpoint: endpoint, Server: redis.GetServer(endpoint)))
            .Where(static one => one.Server is { IsConnected: true, IsSlave: false })
            .Select(static one => AskAsync(NameOf(one.Endpoint), one.Server)));
        return [.. answers.OfType<RedisMemory>()];
    }

    private static async Task<RedisMemory?> AskAsync(string node, IServer server)
    {
        try
        {
            IGrouping<string, KeyValuePair<string, string>>[] memory = await server.InfoAsync("memory");
            IGrouping<string, KeyValuePair<string, string>>[] stats = await server.InfoAsync("stats");
            return Read(node, memory.Concat(stats).SelectMany(static section => section));
        }
        catch (Exception silent) when (silent is RedisServerException or RedisConnectionException or TimeoutException)
        {
            return null;
        }
    }

    private static string NameOf(EndPoint endpoint) => endpoint is DnsEndPoint named
        ? string.Create(CultureInfo.InvariantCulture, $"{named.Host}:{named.Port}")
        : endpoint.ToString() ?? string.Empty;
}

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

    /// <summary>Looks, if it is time to. Never fails: who cannot see it serves all the same.</summary>
    public async Task LookAsync(CancellationToken cancellationToken)
    {
        long now = time.GetTimestamp();
        long lookedAt = Interlocked.Read(ref _lookedAt);
        if ((lookedAt != 0 && time.GetElapsedTime(lookedAt, now) < Interval)
            || Interlocked.CompareExchange(ref _lookedAt, now, lookedAt) != lookedAt)
        {
            return;
        }

        try
        {
            IReadOnlyList<RedisMemory> seen = await connection.RunAsync(AskAllAsync, 0, cancellationToken);
            metrics.MemoryIs(seen);
            if (seen.Count > 0)
            {
                return;
            }
        }
        catch (LogUnavailableException)
        {
            // What it means is told by who needs it.
        }

        // Not connected yet, mostly: the next check looks again.
        Interlocked.Exchange(ref _lookedAt, 0);
    }

    /// <summary>Reads <c>INFO</c>; null if it does not tell.</summary>
    internal static RedisMemory? Read(string node, string info)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string line in info.Split('\n', StringSplitOptions.TrimEntries))
        {
            if (line.Split(':', 2) is [string key, string value])
            {
                values[key] = value;
            }
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
            string memory = await server.InfoRawAsync("memory");
            return Read(node, $"{memory}\n{await server.InfoRawAsync("stats")}");
        }
        catch (Exception silent) when (silent is RedisServerException or RedisConnectionException
            or RedisCommandException or TimeoutException)
        {
            return null;
        }
    }

    private static string NameOf(EndPoint endpoint) => endpoint is DnsEndPoint named
        ? string.Create(CultureInfo.InvariantCulture, $"{named.Host}:{named.Port}")
        : endpoint.ToString() ?? string.Empty;
}

using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace Realtime.Log.Redis;

/// <summary>
/// Reads once how Redis stores, and warns where that is less than "acknowledged means stored". Only a warning: a Redis
/// that keeps nothing is good enough for some, and it may be configured anew at any time.
/// </summary>
internal sealed partial class RedisPromise(RedisConnection connection, RedisOptions options, ILogger logger)
{
    private volatile bool _isTold;

    /// <summary>Looks, unless that was done.</summary>
    /// <exception cref="LogUnavailableException">Redis gave no answer; it is asked again by the next call.</exception>
    public async Task CheckOnceAsync(CancellationToken cancellationToken)
    {
        if (_isTold)
        {
            return;
        }

        string? lack = await connection.RunAsync(FindLackAsync, 0, cancellationToken);
        string? evicting = await connection.RunAsync(FindEvictionAsync, 0, cancellationToken);
        if (!_isTold && evicting is not null)
        {
            Log.Evicting(logger, options.Address, evicting);
        }

        if (!_isTold && lack is not null)
        {
            Log.Lacking(logger, options.Address, lack);
        }

        _isTold = true;
    }

    // One server speaks for all of a cluster: they are mostly configured alike.
    private static async Task<string?> FindLackAsync(ConnectionMultiplexer redis)
    {
        IDatabase database = redis.GetDatabase();
        if (await AskAsync(database, "INFO", "persistence") is { } persistence
            && ((string)persistence).Contains("aof_enabled:0", StringComparison.Ordinal))
        {
            return "appendonly is no";
        }

        // Managed services and access lists mostly forbid this one; what cannot be known is not warned of.
        return await AskAsync(database, "CONFIG", "GET", "appendfsync") is { } setting
            && (string[])setting is [_, not "always" and var policy]
            ? $"appendfsync is {policy}"
            : null;
    }

    private static async Task<string?> FindEvictionAsync(ConnectionMultiplexer redis)
    {
        const string Policy = "maxmemory_policy:";
        if (await AskAsync(redis.GetDatabase(), "INFO", "memory") is not { } memory)
        {
            return null;
        }

        string[] lines = ((string)memory).Split('\n', StringSplitOptions.TrimEntries);
        string? policy = lines.FirstOrDefault(
            line => line.StartsWith(Policy, StringComparison.Ordinal))?[Policy.Length..];
        return policy is null or "noeviction" || lines.Contains("maxmemory:0") ? null : policy;
    }

    private static async Task<RedisResult?> AskAsync(IDatabase database, string command, params object[] arguments)
    {
        try
        {
            return await database.ExecuteAsync(command, arguments);
        }
        catch (RedisServerException)
        {
            return null;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(11, LogLevel.Warning,
            "Redis at {Address}: {Lack}. Acknowledged events may be lost when Redis restarts; set appendonly yes, "
            + "appendfsync always.")]
        public static partial void Lacking(ILogger logger, string address, string lack);

        [LoggerMessage(12, LogLevel.Warning,
            "Redis at {Address}: maxmemory-policy is {Policy}. When it is full it deletes whole streams instead of "
            + "refusing appends, and viewers get gaps; set maxmemory-policy noeviction.")]
        public static partial void Evicting(ILogger logger, string address, string policy);
    }
}

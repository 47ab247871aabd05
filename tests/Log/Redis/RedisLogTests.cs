using Microsoft.Extensions.Logging.Abstractions;
using Realtime.Log;
using Realtime.Log.Redis;

namespace Realtime.Tests.Log.Redis;

/// <summary>The contract, kept by the log on a real Redis.</summary>
[Collection(RedisServerCollection.Name)]
public sealed class RedisLogTests(RedisServerFixture redis) : PartitionedLogContract
{
    protected override Task<IPartitionedLog> CreateAsync(LogOptions options)
    {
        LogOptions there = options with { Redis = RedisLogs.Options(redis.Server.Endpoint).Redis };
        return Task.FromResult<IPartitionedLog>(
            new RedisLog(there, TimeProvider.System, NullLogger<RedisLog>.Instance));
    }
}

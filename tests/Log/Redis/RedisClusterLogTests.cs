using Microsoft.Extensions.Logging.Abstractions;
using Realtime.Log;
using Realtime.Log.Redis;

namespace Realtime.Tests.Log.Redis;

/// <summary>The contract, kept by the log on a real cluster of three nodes.</summary>
public sealed class RedisClusterLogTests(RedisClusterFixture redis)
    : PartitionedLogContract, IClassFixture<RedisClusterFixture>
{
    protected override Task<IPartitionedLog> CreateAsync(LogOptions options)
    {
        LogOptions there = options with { Redis = RedisLogs.Options(redis.Cluster.Endpoints[0]).Redis };
        return Task.FromResult<IPartitionedLog>(
            new RedisLog(there, TimeProvider.System, NullLogger<RedisLog>.Instance));
    }
}

using Realtime.Log.Redis;
using Realtime.Tests.Support;

namespace Realtime.Tests.Log.Redis;

/// <summary>A Redis that stores less than is promised is warned of, once.</summary>
public sealed class RedisPromiseTests
{
    private const string Consequence =
        "Acknowledged events may be lost when Redis restarts; set appendonly yes, appendfsync always.";

    [Theory]
    [InlineData(nameof(RedisPersistence.None), "appendonly is no. " + Consequence)]
    [InlineData(nameof(RedisPersistence.EverySecond), "appendfsync is everysec. " + Consequence)]
    [InlineData(nameof(RedisPersistence.Always), null)]
    public async Task What_may_be_lost_is_told_once(string persistence, string? expected)
    {
        await using RedisServer server = await RedisServer.StartAsync(Enum.Parse<RedisPersistence>(persistence));
        var logger = new ListLogger<RedisLog>();
        await using RedisLog log = RedisLogs.Create(RedisLogs.Options(server.Endpoint), logger);

        await log.CheckAsync(RedisLogs.None);
        await log.CheckAsync(RedisLogs.None);

        string[] warnings = [.. logger.Lines.Where(line => line.StartsWith("Warning", StringComparison.Ordinal))];
        Assert.Equal(
            expected is null ? [] : [$"Warning: Redis at {server.Endpoint}: {expected}"], warnings);
    }

    [Fact]
    public async Task A_Redis_that_does_not_say_is_not_warned_of()
    {
        await using RedisServer server = await RedisServer.StartAsync(RedisPersistence.None);
        await server.CommandAsync("ACL", "SETUSER", "default", "-info", "-config");
        var logger = new ListLogger<RedisLog>();
        await using RedisLog log = RedisLogs.Create(RedisLogs.Options(server.Endpoint), logger);

        await log.CheckAsync(RedisLogs.None);

        Assert.DoesNotContain(logger.Lines, line => line.StartsWith("Warning", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("allkeys-lru", "64mb", true)]
    [InlineData("volatile-ttl", "64mb", true)]
    [InlineData("noeviction", "64mb", false)]
    [InlineData("allkeys-lru", "0", false)]
    public async Task A_Redis_that_deletes_when_it_is_full_is_warned_of(string policy, string maxMemory, bool warned)
    {
        await using RedisServer server = await RedisServer.StartAsync(
            RedisPersistence.Always, more: ["--maxmemory", maxMemory, "--maxmemory-policy", policy]);
        var logger = new ListLogger<RedisLog>();
        await using RedisLog log = RedisLogs.Create(RedisLogs.Options(server.Endpoint), logger);

        await log.CheckAsync(RedisLogs.None);
        await log.CheckAsync(RedisLogs.None);

        string[] warnings = [.. logger.Lines.Where(line => line.StartsWith("Warning", StringComparison.Ordinal))];
        Assert.Equal(warned ? 1 : 0, warnings.Length);
        Assert.All(warnings, line => Assert.Contains(
            $"maxmemory-policy is {policy}. ", line, StringComparison.Ordinal));
    }
}

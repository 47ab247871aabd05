using System.Globalization;
using System.Text.RegularExpressions;
using Realtime.Log;
using Realtime.Log.Redis;
using Realtime.Tests.Support;
using static Realtime.Tests.Log.Redis.RedisLogs;

namespace Realtime.Tests.Log.Redis;

/// <summary>What keeping many terminals, or many resizes of one, costs Redis, and which one goes for a new
/// one.</summary>
public sealed partial class RedisTerminalHouseTests
{
    [Fact]
    public async Task A_sweep_does_not_change_when_a_terminal_ended_so_the_oldest_goes_for_a_new_one()
    {
        await using RedisServer server = await RedisServer.StartAsync();
        LogOptions options = Options(server.Endpoint);
        await using RedisLog log = Create(
            options with { Terminal = options.Terminal with { RetainedPerTenantMax = 2 } });

        // Of different partitions, so that the sweep looks at the first one only.
        const string First = "first";
        int swept = PartitionOf(First);
        string second = Enumerable.Range(0, 100).Select(n => $"second-{n}").First(task => PartitionOf(task) != swept);
        await AppendAsync(log, First);
        await AppendAsync(log, second);
        await log.EndTerminalAsync(Terminal with { Task = First }, 0, None);
        string ended = await server.CommandAsync("TIME");
        await Eventually.TrueAsync(
            "a millisecond passes", async () => Ms(await server.CommandAsync("TIME")) > Ms(ended));
        await log.EndTerminalAsync(Terminal with { Task = second }, 0, None);

        await log.SweepAsync(swept, None);
        await AppendAsync(log, "third");

        Assert.Null(await log.FindTerminalAsync(Terminal with { Task = First }, None));
        Assert.NotNull(await log.FindTerminalAsync(Terminal with { Task = second }, None));
    }

    [Fact]
    public async Task A_new_life_of_a_terminal_that_ended_counts_as_open()
    {
        await using RedisServer server = await RedisServer.StartAsync();
        LogOptions options = Options(server.Endpoint);
        await using RedisLog log = Create(
            options with { Terminal = options.Terminal with { RetainedPerTenantMax = 2 } });
        await AppendAsync(log, "one");
        await log.EndTerminalAsync(Terminal with { Task = "one" }, 0, None);

        // Its time is over a little before that of its place in the list, which is written after it.
        string[] keys = [.. RedisKeys.Of(Terminal with { Task = "one" }).Select(key => (string)key!)];
        await server.CommandAsync(["DEL", .. keys]);
        await AppendAsync(log, "one");
        await AppendAsync(log, "two");

        LogUnavailableException failure =
            await Assert.ThrowsAsync<LogUnavailableException>(() => AppendAsync(log, "three"));

        Assert.Equal(LogUnavailableReason.Full, failure.Reason);
        Assert.NotNull(await log.FindTerminalAsync(Terminal with { Task = "one" }, None));
    }

    [Fact]
    public async Task A_read_of_a_little_does_not_fetch_all_resizes_behind_it()
    {
        const int Reads = 100;
        await using RedisServer server = await RedisServer.StartAsync();
        await using RedisLog log = Create(server);
        for (int i = 0; i < LogLimits.TerminalSizesMax; i++)
        {
            await log.AppendTerminalAsync(Terminal, Bytes("x"), None);
            await log.ResizeTerminalAsync(Terminal, new TerminalSize(80 + (i % 2), 24), None);
        }

        string sizes = (string)RedisKeys.Of(Terminal)[2]!;
        double all = await CostAsync(server, async () =>
            await server.CommandAsync("ZRANGEBYSCORE", sizes, "0", "+inf", "WITHSCORES"));
        double read = await CostAsync(server, async () =>
            await log.ReadTerminalAsync(Terminal, default, 1, ReadLane.Bulk, None));

        Assert.True(read * 4 < all, $"{read} us of sizes per read, {all} us for all of them");

        static async Task<double> CostAsync(RedisServer server, Func<Task> callAsync)
        {
            await server.CommandAsync("CONFIG", "RESETSTAT");
            for (int i = 0; i < Reads; i++)
            {
                await callAsync();
            }

            Match usec = Cost().Match(await server.CommandAsync("INFO", "commandstats"));
            Assert.True(usec.Success);
            return double.Parse(usec.Groups[1].Value, CultureInfo.InvariantCulture) / Reads;
        }
    }

    [GeneratedRegex(@"cmdstat_zrangebyscore:calls=\d+,usec=(\d+)")]
    private static partial Regex Cost();

    private static int PartitionOf(string task) => Partitioner.Of(Terminal.Tenant, task, 4);

    private static long Ms(string time)
    {
        string[] parts = time.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return (long.Parse(parts[0], CultureInfo.InvariantCulture) * 1000)
            + (long.Parse(parts[1], CultureInfo.InvariantCulture) / 1000);
    }

    private static Task<TerminalAppendResult> AppendAsync(RedisLog log, string task) =>
        log.AppendTerminalAsync(Terminal with { Task = task }, Bytes("x"), None);
}

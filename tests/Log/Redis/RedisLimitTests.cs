using System.Globalization;
using Realtime.Log;
using Realtime.Log.Redis;
using Realtime.Protocol;
using Realtime.Tests.Support;
using static Realtime.Tests.Log.Redis.RedisLogs;

namespace Realtime.Tests.Log.Redis;

/// <summary>What bounds the log in Redis: memory, age by Redis' own clock, numbers of keys and terminals.</summary>
public sealed class RedisLimitTests
{
    [Fact]
    public async Task A_full_Redis_refuses_appends_whole_and_still_serves_readers()
    {
        await using RedisServer server = await RedisServer.StartAsync(
            more: ["--maxmemory", "6mb", "--maxmemory-policy", "noeviction"]);
        await using RedisLog log = Create(server);
        Epoch epoch = (await log.OpenAsync(Events, None)).End.Epoch;
        EventAppend[] batch =
            [.. Enumerable.Range(0, 10).Select(i => Event(new string('x', 5000), state: $"state-{i}"))];
        int stored = 0;

        LogUnavailableException failure = await FailsAsync(async () =>
        {
            await log.AppendAsync(Events, batch, None);
            stored += batch.Length;
        });

        Assert.Equal(LogUnavailableReason.Full, failure.Reason);
        Assert.Contains("maxmemory", failure.Message, StringComparison.Ordinal);
        StreamOpening opening = await log.OpenAsync(Events, None);
        Assert.Equal(stored, opening.End.Entry.Offset);
        Assert.Equal(batch.Length, opening.State.Count);
        Assert.Equal(ReadOutcome.Whole, (await ReadAsync(log, Beginning(epoch))).Outcome);
        Assert.Equal(
            LogUnavailableReason.Full,
            (await FailsAsync(() => log.AppendTerminalAsync(Terminal, Bytes("x"), None))).Reason);
        Assert.Null(await log.FindTerminalAsync(Terminal, None));
        StreamKey fresh = new("newcomer", Events.Partition);
        await Assert.ThrowsAsync<LogUnavailableException>(() => log.AppendAsync(fresh, batch, None));
        Assert.Empty(await server.CommandAsync("KEYS", "*newcomer*"));

        await server.CommandAsync("CONFIG", "SET", "maxmemory", "0");
        AppendResult again = await log.AppendAsync(Events, batch, None);
        Assert.Equal(stored + 1, again.Outcomes[0].Position.Entry.Offset);
    }

    [Fact]
    public async Task A_quiet_stream_loses_what_is_too_old_by_the_sweep_and_tells_how_much()
    {
        await using RedisServer server = await RedisServer.StartAsync();
        LogOptions options = Options(server.Endpoint) with { RetentionHours = 0.3 / 3600 };
        await using RedisLog log = Create(options);
        await log.AppendAsync(Events, [Event("a", state: "k"), Event("b"), Event("c")], None);
        StreamOpening opening = await log.OpenAsync(Events, None);
        var report = default(SweepReport);

        await Eventually.TrueAsync("the entries are swept", async () =>
        {
            SweepReport swept = await log.SweepAsync(Events.Partition, None);
            report = new SweepReport(
                report.StreamsTrimmed + swept.StreamsTrimmed, report.StateKeysExpired + swept.StateKeysExpired, 0);
            return report is { StreamsTrimmed: > 0, StateKeysExpired: > 0 };
        });

        Assert.Equal(new SweepReport(1, 1, 0), report);
        EventRead read = await ReadAsync(log, Beginning(opening.End.Epoch));
        Assert.Equal((ReadOutcome.Trimmed, 3L), (read.Outcome, read.Missing));
        Assert.Equal(opening.End, read.Start);
        Assert.Equal(ReadOutcome.Whole, (await ReadAsync(log, opening.End)).Outcome);
        Assert.Empty((await log.OpenAsync(Events, None)).State);
        Assert.Equal(4, (await FillAsync(log, 4, 1))[0].Entry.Offset);
    }

    [Fact]
    public async Task Appends_trim_by_age_too()
    {
        await using RedisServer server = await RedisServer.StartAsync();
        await using RedisLog log = Create(Options(server.Endpoint) with { RetentionHours = 0.05 / 3600 });
        List<StreamCursor> positions = await FillAsync(log, 1, 300);

        await Eventually.TrueAsync("old entries are gone", async () =>
        {
            await FillAsync(log, 1000, 100);
            EventRead read = await ReadAsync(log, positions[0]);
            return read is { Outcome: ReadOutcome.Trimmed, Missing: > 0 }
                && read.Entries[0].Id.Offset == read.Start.Entry.Offset + 1
                && read.Start.Entry.Offset == 1 + read.Missing;
        });
    }

    [Fact]
    public async Task Idempotency_keys_are_bounded_and_the_oldest_are_forgotten()
    {
        await using RedisServer server = await RedisServer.StartAsync();
        await using RedisLog log = Create(Options(server.Endpoint) with { IdempotencyKeysPerStreamMax = 10 });
        for (int i = 0; i < 5; i++)
        {
            EventAppend[] batch = [.. Enumerable.Range(i * 10, 10).Select(k => Event("e", $"key-{k:00}"))];
            await log.AppendAsync(Events, batch, None);
        }

        AppendResult known = await log.AppendAsync(Events, [Event("e", "key-49"), Event("e", "key-00")], None);

        Assert.Equal(
            [AppendStatus.Duplicate, AppendStatus.Stored], known.Outcomes.Select(outcome => outcome.Status));
        string[] keys = (await server.CommandAsync("KEYS", "*idem:=*")).Split('\n');
        Assert.Equal(10, keys.Length);
    }

    [Fact]
    public async Task No_idempotency_key_can_reach_the_keys_of_another_tenant()
    {
        await using RedisServer server = await RedisServer.StartAsync();
        await using RedisLog log = Create(server);
        StreamKey victim = new("a:idem", 1);
        await log.AppendAsync(victim, [Event("mine")], None);

        AppendResult attack = await log.AppendAsync(
            new StreamKey("a", 1), [Event("x", "log"), Event("x", "=log"), Event("x", "meta")], None);

        Assert.All(attack.Outcomes, outcome => Assert.Equal(AppendStatus.Stored, outcome.Status));
        Assert.Equal(1, (await log.OpenAsync(victim, None)).End.Entry.Offset);
    }

    [Fact]
    public async Task An_idle_terminal_is_ended_by_the_sweep_and_gone_some_time_after()
    {
        await using RedisServer server = await RedisServer.StartAsync();
        LogOptions options = Options(server.Endpoint);
        options = options with
        {
            Terminal = options.Terminal with
            {
                IdleEnd = TimeSpan.FromMilliseconds(200),
                RetentionAfterEnd = TimeSpan.FromSeconds(1),
            },
        };
        await using RedisLog log = Create(options);
        await log.AppendTerminalAsync(Terminal, Bytes("working"), None);
        await log.ResizeTerminalAsync(Terminal, new TerminalSize(80, 24), None);
        int partition = Partitioner.Of(Terminal.Tenant, Terminal.Task, options.Partitions);
        int ended = 0;

        await Eventually.TrueAsync("the sweep ends it", async () =>
        {
            ended += (await log.SweepAsync(partition, None)).TerminalsEnded;
            return ended > 0;
        });

        Assert.Equal(1, ended);
        Assert.Equal(LogLimits.IdleExitCode, (await log.FindTerminalAsync(Terminal, None))!.Value.ExitCode);
        await Eventually.TrueAsync(
            "nothing is left of it", async () => (await server.CommandAsync("KEYS", "rt:{t:*")).Length == 0);
        Assert.Null(await log.FindTerminalAsync(Terminal, None));
        Assert.Null(await log.ReadTerminalAsync(Terminal, default, 100, ReadLane.Live, None));

        // A new one of the same name is another, and is looked after as well.
        await log.AppendTerminalAsync(Terminal, Bytes("again"), None);
        await Eventually.TrueAsync(
            "the sweep ends that one too", async () => (await log.SweepAsync(partition, None)).TerminalsEnded > 0);
    }

    [Fact]
    public async Task All_of_a_terminal_is_kept_for_its_time_after_the_end_and_no_longer()
    {
        await using RedisServer server = await RedisServer.StartAsync();
        LogOptions options = Options(server.Endpoint);
        await using RedisLog log = Create(options);
        await log.ResizeTerminalAsync(Terminal, new TerminalSize(80, 24), None);
        await log.AppendTerminalAsync(Terminal, Bytes("done"), None);
        await log.EndTerminalAsync(Terminal, 0, None);

        string[] keys = (await server.CommandAsync("KEYS", "rt:{t:*"))
            .Split('\n', StringSplitOptions.RemoveEmptyEntries);

        Assert.Equal(
            [":log", ":meta", ":sizes"],
            keys.Select(key => key[key.LastIndexOf(':')..]).Order(StringComparer.Ordinal));
        foreach (string key in keys)
        {
            double left = double.Parse(await server.CommandAsync("PTTL", key), CultureInfo.InvariantCulture);
            Assert.InRange(options.Terminal.RetentionAfterEnd.TotalMilliseconds - left, 0, 60_000);
        }
    }

    [Fact]
    public async Task What_is_trimmed_of_a_terminal_takes_its_resizes_along()
    {
        await using RedisServer server = await RedisServer.StartAsync();
        LogOptions options = Options(server.Endpoint);
        await using RedisLog log = Create(options with { Terminal = new TerminalLogOptions { RetentionBytes = 1024 } });
        for (int i = 1; i <= 50; i++)
        {
            await log.ResizeTerminalAsync(Terminal, new TerminalSize(i, 10), None);
            await log.AppendTerminalAsync(Terminal, Bytes(new string('x', 128)), None);
        }

        string key = Assert.Single(
            (await server.CommandAsync("KEYS", "rt:{t:*:sizes")).Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal(1024 / 128, int.Parse(await server.CommandAsync("ZCARD", key), CultureInfo.InvariantCulture));
    }

    [Fact]
    public async Task A_tenant_keeps_so_many_terminals_and_ended_ones_make_room()
    {
        await using RedisServer server = await RedisServer.StartAsync();
        LogOptions options = Options(server.Endpoint);
        await using RedisLog log =
            Create(options with { Terminal = options.Terminal with { RetainedPerTenantMax = 2 } });
        Task<TerminalAppendResult> AppendAsync(string task) =>
            log.AppendTerminalAsync(Terminal with { Task = task }, Bytes("x"), None);

        await AppendAsync("one");
        await AppendAsync("two");
        var failure = await Assert.ThrowsAsync<LogUnavailableException>(() => AppendAsync("three"));
        Assert.Equal(LogUnavailableReason.Full, failure.Reason);
        Assert.Contains("retained_per_tenant_max", failure.Message, StringComparison.Ordinal);
        await log.AppendTerminalAsync(new TerminalKey("other", "one"), Bytes("x"), None);

        await log.EndTerminalAsync(Terminal with { Task = "one" }, 0, None);
        await AppendAsync("three");
        Assert.Null(await log.FindTerminalAsync(Terminal with { Task = "one" }, None));
        Assert.NotNull(await log.FindTerminalAsync(Terminal with { Task = "two" }, None));
    }
}

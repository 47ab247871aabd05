using System.Diagnostics;
using Realtime.Log;
using Realtime.Log.Redis;
using Realtime.Tests.Support;
using static Realtime.Tests.Log.Redis.RedisLogs;

namespace Realtime.Tests.Log.Redis;

/// <summary>
/// Redis away, hanging, cut off or refusing: calls fail clearly and soon, and everything resumes by itself.
/// </summary>
public sealed class RedisOutageTests
{
    [Fact]
    public async Task A_Redis_that_is_absent_at_the_start_is_waited_for_and_found()
    {
        int port = RedisServer.FreePort();
        var logger = new ListLogger<RedisLog>();
        await using RedisLog log = Create(Impatient($"127.0.0.1:{port}"), logger);

        LogUnavailableException failure =
            await Assert.ThrowsAsync<LogUnavailableException>(() => FillAsync(log, 1, 1));
        Assert.Equal(LogUnavailableReason.Unreachable, failure.Reason);
        await Eventually.TrueAsync(
            "the log says that Redis is away",
            () => logger.Lines.Any(
                line => line.StartsWith($"Warning: Redis at 127.0.0.1:{port}", StringComparison.Ordinal)));

        await using RedisServer server = await RedisServer.StartAsync(port: port);
        await BackAsync(log);
        Assert.Equal(1, (await FillAsync(log, 1, 1))[0].Entry.Offset);
        await Eventually.TrueAsync(
            "the log says that Redis is there",
            () => logger.Lines.Any(line => line.StartsWith("Information: Connected", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_Redis_that_hangs_times_out_and_goes_on_where_it_was()
    {
        await using RedisServer server = await RedisServer.StartAsync();
        await using RedisLog log = Create(Impatient(server.Endpoint));
        await BackAsync(log);
        List<StreamCursor> before = await FillAsync(log, 1, 3);

        await server.FreezeAsync();
        long started = Stopwatch.GetTimestamp();
        LogUnavailableException failure =
            await Assert.ThrowsAsync<LogUnavailableException>(() => ReadAsync(log, before[^1]));
        Assert.Equal(LogUnavailableReason.TimedOut, failure.Reason);
        Assert.InRange(Stopwatch.GetElapsedTime(started).TotalSeconds, 0.9, 5);

        await server.ThawAsync();
        await BackAsync(log);
        EventRead read = await ReadAsync(log, before[0]);
        Assert.Equal((ReadOutcome.Whole, 2), (read.Outcome, read.Entries.Count));
    }

    [Fact]
    public async Task While_Redis_hangs_only_so_many_bytes_wait_for_it()
    {
        await using RedisServer server = await RedisServer.StartAsync();
        LogOptions options = Impatient(server.Endpoint);
        options = options with
        {
            Redis = options.Redis with { InFlightBytesMax = 2 * 1024 * 1024, ReconnectAfter = TimeSpan.FromMinutes(1) },
        };
        await using RedisLog log = Create(options);
        await BackAsync(log);

        await server.FreezeAsync();
        Task[] appends =
        [
            .. Enumerable.Range(0, 8).Select(_ => log.AppendAsync(Events, [Event(new string('x', 500_000))], None)),
        ];

        // Four fit; the others are told at once, the four when their time is up.
        Assert.Equal(4, appends.Count(append => append.IsFaulted));
        Assert.All(appends.Where(append => append.IsFaulted), append => Assert.Contains(
            "does not keep up", append.Exception!.InnerException!.Message, StringComparison.Ordinal));
        foreach (Task append in appends)
        {
            var failure = await Assert.ThrowsAsync<LogUnavailableException>(() => append);
            Assert.Equal(LogUnavailableReason.TimedOut, failure.Reason);
        }

        await server.ThawAsync();
        await BackAsync(log);
    }

    [Fact]
    public async Task Connections_that_are_cut_come_back()
    {
        await using RedisServer server = await RedisServer.StartAsync();
        await using var proxy = new TcpFaultProxy(server.Port);
        await using RedisLog log = Create(Options($"127.0.0.1:{proxy.Port}"));
        await FillAsync(log, 1, 1);

        proxy.Refuse(true);
        proxy.Cut();
        LogUnavailableException failure = await FailsAsync(() => log.OpenAsync(Events, None));
        Assert.Equal(LogUnavailableReason.Unreachable, failure.Reason);
        proxy.Refuse(false);

        await BackAsync(log);
        Assert.Equal(1, (await log.OpenAsync(Events, None)).End.Entry.Offset);
    }

    [Fact]
    public async Task A_connection_that_swallows_everything_is_replaced_and_its_bells_ring_again()
    {
        await using RedisServer server = await RedisServer.StartAsync();
        await using var proxy = new TcpFaultProxy(server.Port);
        await using RedisLog log = Create(Impatient($"127.0.0.1:{proxy.Port}"));
        await using RedisLog other = Create(server);
        await BackAsync(log);
        int rung = 0;
        await using IAsyncDisposable listening =
            await log.ListenAsync(Events, _ => Interlocked.Increment(ref rung), None);

        proxy.HalfOpen();
        Assert.Equal(
            LogUnavailableReason.TimedOut,
            (await Assert.ThrowsAsync<LogUnavailableException>(() => FillAsync(log, 2, 1))).Reason);

        await BackAsync(log);
        await Eventually.TrueAsync("an append of another process rings the bell again", async () =>
        {
            int before = Volatile.Read(ref rung);
            await FillAsync(other, 1, 1);
            return Volatile.Read(ref rung) > before;
        });
    }

    [Fact]
    public async Task After_a_restart_of_Redis_all_bells_ring_and_go_on_ringing()
    {
        await using RedisServer server = await RedisServer.StartAsync();
        await using RedisLog log = Create(server);
        int events = 0, terminal = 0;
        await using IAsyncDisposable one = await log.ListenAsync(Events, _ => Interlocked.Increment(ref events), None);
        await using IAsyncDisposable two =
            await log.ListenTerminalAsync(Terminal, () => Interlocked.Increment(ref terminal), None);

        await server.KillAsync();
        await server.StartAsync();
        await Eventually.TrueAsync(
            "both were rung without an append", () => Volatile.Read(ref events) > 0 && Volatile.Read(ref terminal) > 0);

        await BackAsync(log);
        await using RedisLog other = Create(server);
        await Eventually.TrueAsync("an append of another process rings the bell again", async () =>
        {
            int before = Volatile.Read(ref events);
            await FillAsync(other, 1, 1);
            return Volatile.Read(ref events) > before;
        });
    }

    [Fact]
    public async Task The_last_listener_that_leaves_ends_the_subscription()
    {
        await using RedisServer server = await RedisServer.StartAsync();
        await using RedisLog log = Create(server);
        async Task<string> SubscribersAsync() => await server.CommandAsync("PUBSUB", "CHANNELS", "rt:{p*");

        IAsyncDisposable one = await log.ListenAsync(Events, _ => { }, None);
        IAsyncDisposable two = await log.ListenAsync(Events, _ => { }, None);
        Assert.Contains("acme:bell", await SubscribersAsync(), StringComparison.Ordinal);
        await one.DisposeAsync();
        await one.DisposeAsync();
        Assert.Contains("acme:bell", await SubscribersAsync(), StringComparison.Ordinal);
        await two.DisposeAsync();

        await Eventually.TrueAsync("nobody subscribes", async () => (await SubscribersAsync()).Length == 0);
    }

    [Fact]
    public async Task Scripts_that_Redis_forgot_are_sent_again()
    {
        await using RedisServer server = await RedisServer.StartAsync();
        await using RedisLog log = Create(server);
        await FillAsync(log, 1, 1);

        await server.CommandAsync("SCRIPT", "FLUSH");

        Assert.Equal(2, (await FillAsync(log, 2, 1))[0].Entry.Offset);
    }

    [Fact]
    public async Task A_server_that_became_a_replica_refuses_until_it_is_primary_again()
    {
        await using RedisServer server = await RedisServer.StartAsync();
        await using RedisLog log = Create(server);
        await FillAsync(log, 1, 1);

        await server.CommandAsync("REPLICAOF", "127.0.0.1", $"{RedisServer.FreePort()}");
        LogUnavailableException failure = await FailsAsync(() => FillAsync(log, 2, 1));
        Assert.Equal(LogUnavailableReason.Refused, failure.Reason);

        await server.CommandAsync("REPLICAOF", "NO", "ONE");
        await BackAsync(log);
    }

    [Fact]
    public async Task A_password_is_sent_and_never_shown()
    {
        await using RedisServer server = await RedisServer.StartAsync(password: "open-sesame");
        LogOptions options = Options(server.Endpoint);
        var logger = new ListLogger<RedisLog>();

        await using RedisLog right = Create(options with { Redis = options.Redis with { Password = "open-sesame" } });
        await using RedisLog wrong =
            Create(options with { Redis = options.Redis with { Password = "not-this" } }, logger);

        await FillAsync(right, 1, 1);
        LogUnavailableException failure = await FailsAsync(() => FillAsync(wrong, 2, 1));
        Assert.DoesNotContain("not-this", failure.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(logger.Lines, line => line.Contains("not-this", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_log_made_with_another_number_of_partitions_is_refused_by_name_of_both()
    {
        await using RedisServer server = await RedisServer.StartAsync();
        await using RedisLog four = Create(server);
        await using RedisLog eight = Create(Options(server.Endpoint) with { Partitions = 8 });
        await four.CheckAsync(None);

        var failure = await Assert.ThrowsAsync<LogLayoutException>(() => eight.CheckAsync(None));
        Assert.Contains("with 4 partitions", failure.Message, StringComparison.Ordinal);
        Assert.Contains("configured for 8", failure.Message, StringComparison.Ordinal);

        // After a loss the layout is whatever the first process has that looks.
        await server.FlushAsync();
        await eight.CheckAsync(None);
        await Assert.ThrowsAsync<LogLayoutException>(() => four.CheckAsync(None));
    }
}

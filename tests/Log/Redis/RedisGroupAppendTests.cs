using System.Globalization;
using Realtime.Log;
using Realtime.Log.Redis;
using Realtime.Tests.Support;
using static Realtime.Tests.Log.Redis.RedisLogs;

namespace Realtime.Tests.Log.Redis;

/// <summary>
/// What is to be appended to a stream while a call of it is under way goes together in the next call, and is answered
/// as if it had gone alone. Redis takes no writes here until a test says so: the first append is under way till then.
/// </summary>
public sealed class RedisGroupAppendTests
{
    [Fact]
    public async Task What_comes_while_a_call_is_under_way_goes_together_in_the_next_one()
    {
        await using RedisServer server = await RedisServer.StartAsync();
        await using RedisLog log = await PausedAsync(server, Options(server.Endpoint));

        Task<AppendResult>[] appends = [.. Enumerable.Range(1, 20).Select(i => AppendAsync(log, $"a{i}", $"b{i}"))];
        AppendResult[] results = await GoAsync(server, appends);

        Assert.Equal(2, await CallsAsync(server));
        Assert.Equal(
            Enumerable.Range(1, 40).Select(static i => (long)i),
            results.SelectMany(static result => result.Outcomes).Select(static one => one.Position.Entry.Offset));
        Assert.Equal(
            Enumerable.Range(1, 20).SelectMany(static i => new[] { $"a{i}", $"b{i}" }), await StoredAsync(log));
    }

    [Fact]
    public async Task Nobody_waits_where_nothing_is_under_way_nor_for_another_stream()
    {
        await using RedisServer server = await RedisServer.StartAsync();
        await using RedisLog log = await PausedAsync(server, Options(server.Endpoint));

        await GoAsync(server, [.. Enumerable.Range(0, 4).Select(partition =>
            log.AppendAsync(Events with { Partition = partition }, [Event("x")], None))]);
        await AppendAsync(log, "y");

        Assert.Equal(5, await CallsAsync(server));
    }

    [Fact]
    public async Task Each_batch_of_a_call_has_its_own_outcomes_and_one_that_is_refused_refuses_no_other()
    {
        await using RedisServer server = await RedisServer.StartAsync();
        await using RedisLog log = await PausedAsync(server, Options(server.Endpoint));

        AppendResult[] results = await GoAsync(server,
        [
            AppendAsync(log, "under way"),
            log.AppendAsync(Events, [Event("k", key: "1"), Event("second")], None),
            log.AppendAsync(Events, [Event("k", key: "1"), Event("other", key: "1"), Event("after")], None),
            log.AppendAsync(Events, [Numbered("n1", 1), Numbered("n2", 2)], None),
            log.AppendAsync(Events, [Numbered("n5", 5), Event("after")], None),
            log.AppendAsync(Events, [], None),
            log.AppendAsync(Events, [Numbered("n2", 2), Numbered("n3", 3), Event("set", state: "s")], None),
        ]);

        Assert.Equal(2, await CallsAsync(server));
        Assert.Equal(
            ["S", "SS", "DCA", "SS", "GA", "", "DSS"],
            results.Select(static result => string.Concat(result.Outcomes.Select(static one => one.Status switch
            {
                AppendStatus.ProducerGap => "G",
                var status => status.ToString()[..1],
            }))));
        Assert.Equal(results[1].Outcomes[0].Position, results[2].Outcomes[0].Position);
        Assert.Equal(3, results[4].Outcomes[0].ExpectedSeq);
        Assert.Equal(results[3].Outcomes[1].Position, results[6].Outcomes[0].Position);
        Assert.Equal(["under way", "k", "second", "n1", "n2", "n3", "set"], await StoredAsync(log));
        Assert.Equal("set", System.Text.Encoding.UTF8.GetString(
            Assert.Single((await log.OpenAsync(Events, None)).State).Envelope.Span));
    }

    [Fact]
    public async Task Who_leaves_while_it_waits_is_not_stored_and_the_others_are()
    {
        await using RedisServer server = await RedisServer.StartAsync();
        await using RedisLog log = await PausedAsync(server, Options(server.Endpoint));
        using CancellationTokenSource left = new();

        Task<AppendResult> first = AppendAsync(log, "under way");
        Task<AppendResult> before = AppendAsync(log, "before");
        Task<AppendResult> leaver = log.AppendAsync(Events, [Event("gone")], left.Token);
        Task<AppendResult> behind = AppendAsync(log, "behind");
        await left.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leaver);
        await GoAsync(server, [first, before, behind]);

        Assert.Equal(["under way", "before", "behind"], await StoredAsync(log));
    }

    [Fact]
    public async Task Who_leaves_while_its_call_is_under_way_holds_up_nobody()
    {
        await using RedisServer server = await RedisServer.StartAsync();
        await using RedisLog log = await PausedAsync(server, Options(server.Endpoint));
        using CancellationTokenSource left = new();

        Task<AppendResult> leaver = log.AppendAsync(Events, [Event("under way")], left.Token);
        Task<AppendResult> behind = AppendAsync(log, "behind");
        await left.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leaver);
        await GoAsync(server, [behind]);

        // It was sent, so it is there.
        Assert.Equal(["under way", "behind"], await StoredAsync(log));
    }

    [Theory]
    [InlineData(3, 1 << 20)]
    [InlineData(10_000, 15)]
    public async Task A_call_takes_no_more_than_its_bounds(int eventsMax, int bytesMax)
    {
        await using RedisServer server = await RedisServer.StartAsync();
        LogOptions options = Options(server.Endpoint);
        options = options with
        {
            Redis = options.Redis with { AppendEventsMax = eventsMax, AppendBytesMax = bytesMax },
        };
        await using RedisLog log = await PausedAsync(server, options);

        // Five bytes each: three to a call by either bound.
        await GoAsync(server, [.. Enumerable.Range(10, 8).Select(i => AppendAsync(log, $"ev {i}"))]);

        Assert.Equal(1 + 3, await CallsAsync(server));
        Assert.Equal(Enumerable.Range(10, 8).Select(static i => $"ev {i}"), await StoredAsync(log));
    }

    [Fact]
    public async Task A_batch_that_is_larger_than_a_call_may_be_goes_alone()
    {
        await using RedisServer server = await RedisServer.StartAsync();
        LogOptions options = Options(server.Endpoint);
        options = options with { Redis = options.Redis with { AppendEventsMax = 2 } };
        await using RedisLog log = await PausedAsync(server, options);

        await GoAsync(server, [AppendAsync(log, "1"), AppendAsync(log, "2", "3", "4"), AppendAsync(log, "5")]);

        Assert.Equal(3, await CallsAsync(server));
        Assert.Equal(["1", "2", "3", "4", "5"], await StoredAsync(log));
    }

    [Fact]
    public async Task More_than_may_wait_is_refused_at_once_and_the_rest_is_stored()
    {
        await using RedisServer server = await RedisServer.StartAsync();
        LogOptions options = Options(server.Endpoint);
        options = options with { Redis = options.Redis with { InFlightBytesMax = 11_000 } };
        await using RedisLog log = await PausedAsync(server, options);
        string large = new('x', 3_000);

        Task<AppendResult> first = AppendAsync(log, "under way");
        Task<AppendResult>[] waiting = [AppendAsync(log, large), AppendAsync(log, large)];
        LogUnavailableException failure = await FailsAsync(() => AppendAsync(log, large));
        await GoAsync(server, [first, .. waiting]);

        Assert.Equal(LogUnavailableReason.TimedOut, failure.Reason);
        await AppendAsync(log, "room again");
        Assert.Equal(["under way", large, large, "room again"], await StoredAsync(log));
    }

    [Fact]
    public async Task A_call_that_fails_fails_what_is_in_it_and_the_next_one_goes()
    {
        await using RedisServer server = await RedisServer.StartAsync();
        await using RedisLog log = await PausedAsync(server, Options(server.Endpoint));

        Task<AppendResult>[] appends = [.. Enumerable.Range(1, 3).Select(i => AppendAsync(log, $"{i}"))];
        await server.CommandAsync("CONFIG", "SET", "maxmemory", "1");
        await server.CommandAsync("CLIENT", "UNPAUSE");
        foreach (Task<AppendResult> append in appends)
        {
            Assert.Equal(LogUnavailableReason.Full, (await FailsAsync(() => append)).Reason);
        }

        await server.CommandAsync("CONFIG", "SET", "maxmemory", "0");
        await AppendAsync(log, "again");
        Assert.Equal(["again"], await StoredAsync(log));
    }

    private static Task<AppendResult> AppendAsync(RedisLog log, params string[] texts) =>
        log.AppendAsync(Events, [.. texts.Select(static text => Event(text))], None);

    private static EventAppend Numbered(string text, long seq) =>
        Event(text) with { Producer = new ProducerNumber("runner", "group", 1, seq) };

    // A log that knows its layout and has its script there, and a Redis that holds back what writes.
    private static async Task<RedisLog> PausedAsync(RedisServer server, LogOptions options)
    {
        RedisLog log = Create(options);
        await log.AppendAsync(new StreamKey("someone", 1), [Event("first")], None);
        await server.CommandAsync("CONFIG", "RESETSTAT");
        await server.CommandAsync("CLIENT", "PAUSE", "60000", "WRITE");
        return log;
    }

    private static async Task<AppendResult[]> GoAsync(RedisServer server, Task<AppendResult>[] appends)
    {
        await server.CommandAsync("CLIENT", "UNPAUSE");
        return await Task.WhenAll(appends);
    }

    // Each call that stores something rings once.
    private static async Task<int> CallsAsync(RedisServer server)
    {
        const string Start = "cmdstat_publish:calls=";
        string all = await server.CommandAsync("INFO", "commandstats");
        string rest = all[(all.IndexOf(Start, StringComparison.Ordinal) + Start.Length)..];
        return int.Parse(rest[..rest.IndexOf(',', StringComparison.Ordinal)], CultureInfo.InvariantCulture);
    }

    private static async Task<string[]> StoredAsync(RedisLog log)
    {
        EventRead read = await ReadAsync(log, Beginning((await log.OpenAsync(Events, None)).End.Epoch));
        return [.. read.Entries.Select(Text)];
    }
}

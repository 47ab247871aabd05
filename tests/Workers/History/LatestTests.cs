using System.Text.Json;
using Realtime.Log;
using Realtime.Protocol;
using Realtime.Tests.Protocol;
using static Realtime.Tests.Workers.History.LatestPages;

namespace Realtime.Tests.Workers.History;

public sealed class LatestTests
{
    public static TheoryData<string, string[]> BadQueries { get; } = new()
    {
        { "last=0", ["last"] },
        { "last=1001", ["last"] },
        { "last=x", ["last"] },
        { "last=", ["last"] },
        { "last=-1", ["last"] },
        { "last=1&last=2", ["last"] },
        { "last=5&after=0:1-1.abcdef", ["after"] },
        { "last=5&limit=5", ["limit"] },
        { "last=5&before=1", ["before"] },
        { "last=5&before=0:1-1.ABCDEF", ["before"] },
        { "last=5&before=1024:1-1.abcdef", ["before"] },
        { "last=5&before=0:1-1.abcdef,0:2-2.abcdef", ["before"] },
        { "before=0:1-1.abcdef", ["before"] },
        { "before=", ["before"] },
        {
            "last=0&before=x&after=&limit=1&agents=-&channels=nope",
            ["after", "agents", "before", "channels", "last", "limit"]
        },
    };

    [Theory]
    [MemberData(nameof(BadQueries))]
    public async Task A_bad_query_is_refused_with_all_its_places(string query, string[] parameters)
    {
        await using RunningWorker worker = await RunningWorker.StartAsync();

        Answer answer = await worker.GetAsync($"{Endpoint}?{query}");

        answer.AssertProblem(400, "bad_request");
        Assert.Equal(parameters.Select(name => $"query: {name}"), answer.Places.Order());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(119)]
    [InlineData(120)]
    [InlineData(1000)]
    public async Task The_newest_events_come_oldest_first_with_every_end_and_where_to_go_on(int last)
    {
        await using RunningWorker worker = await RunningWorker.StartAsync();
        string[] ordered = await FillAsync(worker, 120);

        Answer page = await worker.GetAsync($"{Endpoint}?last={last}");

        Assert.Equal(200, page.Status);
        Assert.Equal(ordered.TakeLast(last), Ids(page));
        Assert.Equal(Shown(cursor: true), page.Json.EnumerateObject().Select(member => member.Name));
        EventPosition[] ends =
            [.. ordered.Select(Position).GroupBy(p => p.Partition).Select(stream => stream.MaxBy(p => p.Entry.Offset))];
        Assert.Equal(4, ends.Length);
        Assert.Equal(ends.OrderBy(p => p.Partition).Select(p => p.ToString()), Positions(page, "cursor"));
        Assert.Equal(last < 120, page.Json.GetProperty("more").GetBoolean());
        Assert.Equal(last < 120, Positions(page, "before").Length > 0);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(40)]
    public async Task Paging_back_meets_the_beginning_with_every_event_once_whatever_comes_meanwhile(int last)
    {
        await using RunningWorker worker = await RunningWorker.StartAsync();
        string[] ordered = await FillAsync(worker, 120);

        List<string> walked = await WalkAsync(worker, $"last={last}", between: () => FillAsync(worker, 10));

        Assert.Equal(ordered, walked);
    }

    [Theory]
    [InlineData("channels=tasks", "read:*", "tasks", null)]
    [InlineData("agents=a1", "read:*", null, "a1")]
    [InlineData("", "read:agents/a1", null, "a1")]
    [InlineData("agents=a*", "read:channels/tasks", "tasks", null)]
    public async Task Filters_and_grants_narrow_what_is_read(string query, string scope, string? channel, string? agent)
    {
        await using RunningWorker worker = await RunningWorker.StartAsync();
        await FillAsync(worker, 120);
        Answer all = await worker.GetAsync($"{Endpoint}?limit=1000");
        string[] wanted =
        [
            .. all.Json.GetProperty("events").EnumerateArray()
                .Where(item => channel is null || item.GetProperty("channel").GetString() == channel)
                .Where(item => agent is null || item.GetProperty("agent").GetString() == agent)
                .Select(Id),
        ];

        Answer newest = await worker.GetAsync($"{Endpoint}?last=4&{query}", scope: scope);
        List<string> walked = await WalkAsync(worker, $"last=5&{query}", scope);

        Assert.Equal(wanted.TakeLast(4), Ids(newest));
        Assert.Equal(wanted, walked);
        (await worker.GetAsync($"{Endpoint}?last=5", scope: "publish:*")).AssertProblem(403, "forbidden");
    }

    [Fact]
    public async Task Of_an_empty_tenant_the_cursor_names_every_stream_and_misses_nothing_that_comes()
    {
        await using RunningWorker worker = await RunningWorker.StartAsync();
        Answer empty = await worker.GetAsync($"{Endpoint}?last=10");

        string[] ordered = await FillAsync(worker, 30);
        Answer next = await worker.GetAsync($"{Endpoint}?after={string.Join(',', Positions(empty, "cursor"))}");

        Assert.Empty(Ids(empty));
        Assert.Equal(4, Positions(empty, "cursor").Length);
        Assert.Empty(Positions(empty, "before"));
        Assert.False(empty.Json.GetProperty("more").GetBoolean());
        Assert.Equal(ordered, Ids(next));
        Assert.Equal(0, next.Json.GetProperty("gaps").GetArrayLength());
    }

    [Fact]
    public async Task What_retention_took_meanwhile_is_the_end_of_the_paging()
    {
        await using var log = RunningWorker.NewLog(new LogOptions { Partitions = 4, EntriesPerStreamMax = 10 });
        await using RunningWorker worker = await RunningWorker.StartAsync(log);
        object one = new { channel = "agents", type = "x", agent = "a1", payload = 1 };
        await worker.PublishAsync([.. Enumerable.Repeat(one, 10)]);
        Answer first = await worker.GetAsync($"{Endpoint}?last=3");
        Assert.True(first.Json.GetProperty("more").GetBoolean());
        await worker.PublishAsync([.. Enumerable.Repeat(one, 1000)]);

        await AssertNothingOlderAsync(worker, string.Join(',', Positions(first, "before")));
    }

    [Fact]
    public async Task Streams_that_before_does_not_name_or_of_another_epoch_are_finished()
    {
        await using RunningWorker worker = await RunningWorker.StartAsync();
        string[] ordered = await FillAsync(worker, 40);
        EventPosition newest = Position(ordered[^1]);

        await AssertNothingOlderAsync(worker, "");
        await AssertNothingOlderAsync(worker, (newest with { Epoch = Epoch.Parse("zzzzzz") }).ToString());

        // Of a log that had more partitions once.
        await AssertNothingOlderAsync(worker, (newest with { Partition = 6 }).ToString());
        Answer named = await worker.GetAsync($"{Endpoint}?last=1000&before={newest}");
        Assert.Equal(
            ordered.Where(id => Position(id).Partition == newest.Partition).SkipLast(1), Ids(named));
        Assert.Equal(Shown(cursor: false), named.Json.EnumerateObject().Select(member => member.Name));
    }

    [Fact]
    public async Task Without_the_log_a_retry_is_asked_for()
    {
        await using var log = new FaultyLog(RunningWorker.NewLog())
        {
            OnRead = stream => stream.Partition == 3 ? FaultyLog.Away() : null,
        };
        await using RunningWorker worker = await RunningWorker.StartAsync(log);

        Answer answer = await worker.GetAsync($"{Endpoint}?last=5");

        answer.AssertProblem(503, "log_unavailable");
        Assert.Equal("1", answer.Headers["Retry-After"]);
    }

    // The members of the answer that PROTOCOL.md shows.
    private static string[] Shown(bool cursor) => ProtocolDocument.Examples("answer")
        .Select(example => JsonDocument.Parse(example).RootElement.EnumerateObject().Select(m => m.Name).ToArray())
        .Single(members => members.Contains("before") && members.Contains("cursor") == cursor);

    private static async Task AssertNothingOlderAsync(RunningWorker worker, string before)
    {
        Answer page = await worker.GetAsync($"{Endpoint}?last=10&before={before}");
        Assert.Equal(200, page.Status);
        Assert.Empty(Ids(page));
        Assert.Empty(Positions(page, "before"));
        Assert.False(page.Json.GetProperty("more").GetBoolean());
    }
}

using System.Text.Json;
using Realtime.Log;
using Realtime.Protocol;

namespace Realtime.Tests.Workers.History;

public sealed class EventsTests
{
    private const string Path = "/v1/events";

    public static TheoryData<string, string> BadQueries { get; } = new()
    {
        { "limit=0", "limit" },
        { "limit=1001", "limit" },
        { "limit=ten", "limit" },
        { "limit=1&limit=2", "limit" },
        { "channels=nope", "channels" },
        { "channels=", "channels" },
        { "agents=a*b", "agents" },
        { "tasks=a,,b", "tasks" },
        { "projects=-", "projects" },
        { "types=a%20b", "types" },
        { $"agents={string.Join(',', Enumerable.Repeat("a", 65))}", "agents" },
        { "agent=a1", "agent" },
        { "last=5&befor=0:1-1.abcdef", "befor" },
        { "after=1", "after" },
        { "after=0:1-1.ABCDEF", "after" },
        { "after=1024:1-1.abcdef", "after" },
        { "after=0:1-1.abcdef,0:2-2.abcdef", "after" },
    };

    [Theory]
    [MemberData(nameof(BadQueries))]
    public async Task A_bad_query_is_refused_with_its_place(string query, string parameter)
    {
        await using RunningWorker worker = await RunningWorker.StartAsync();

        Answer answer = await worker.GetAsync($"{Path}?{query}");

        answer.AssertProblem(400, "bad_request");
        Assert.Equal([$"query: {parameter}"], answer.Places);
    }

    [Fact]
    public async Task A_slip_in_a_parameter_s_name_is_refused_with_what_was_meant()
    {
        await using RunningWorker worker = await RunningWorker.StartAsync();

        Answer answer = await worker.GetAsync(Path + "?agent=a1");

        answer.AssertProblem(400, "bad_request");
        string text = System.Text.Encoding.UTF8.GetString(answer.Body);
        Assert.Contains("did you mean agents?", text, StringComparison.Ordinal);
        Assert.EndsWith("}\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task All_errors_are_told_at_once()
    {
        await using RunningWorker worker = await RunningWorker.StartAsync();

        Answer answer = await worker.GetAsync(Path + "?limit=0&agents=-&after=x");

        Assert.Equal(["query: after", "query: agents", "query: limit"], answer.Places.Order());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(1000)]
    public async Task Paging_walks_over_all_events_exactly_once_in_order(int limit)
    {
        await using RunningWorker worker = await RunningWorker.StartAsync();
        string[] published = await FillAsync(worker, 120);

        List<JsonElement> walked = await WalkAsync(worker, $"limit={limit}");

        string[] ids = [.. walked.Select(Id)];
        Assert.Equal(published.Order(), ids.Order());
        EventPosition[] positions = [.. ids.Select(Position)];
        foreach (IGrouping<int, EventPosition> stream in positions.GroupBy(position => position.Partition))
        {
            Assert.Equal(stream.Select(p => p.Entry.Offset).Order(), stream.Select(p => p.Entry.Offset));
        }

        Assert.Equal(positions.Select(p => p.Entry.Ms).Order(), positions.Select(p => p.Entry.Ms));
    }

    [Fact]
    public async Task An_event_comes_as_it_was_published()
    {
        await using RunningWorker worker = await RunningWorker.StartAsync();
        string[] ids = await worker.PublishAsync(new
        {
            channel = "messages",
            type = "chat",
            agent = "a1",
            task = "t1",
            project = "p1",
            ts = 5,
            payload = new { text = "é\n<>" },
        });

        JsonElement item = Assert.Single((await worker.GetAsync(Path)).Json.GetProperty("events").EnumerateArray());

        Assert.Equal("event", item.GetProperty("op").GetString());
        Assert.Equal(ids[0], Id(item));
        Assert.Equal(
            ("messages", "chat", "a1", "t1", "p1"),
            (Text(item, "channel"), Text(item, "type"), Text(item, "agent"), Text(item, "task"),
                Text(item, "project")));
        Assert.Equal(5, item.GetProperty("ts").GetInt64());
        Assert.Equal("é\n<>", item.GetProperty("payload").GetProperty("text").GetString());
        Assert.True(item.GetProperty("sent").GetInt64() >= Position(ids[0]).Entry.Ms);
    }

    [Theory]
    [InlineData("channels=tasks", "read:*", "tasks", null)]
    [InlineData("agents=a1", "read:*", null, "a1")]
    [InlineData("agents=a*&channels=agents,tasks", "read:agents/a1", null, "a1")]
    [InlineData("", "read:agents/a1", null, "a1")]
    [InlineData("agents=a1&agents=a1", "read:channels/tasks", "tasks", "a1")]
    public async Task Filters_and_grants_narrow_what_is_read(string query, string scope, string? channel, string? agent)
    {
        await using RunningWorker worker = await RunningWorker.StartAsync();
        await FillAsync(worker, 120);

        List<JsonElement> walked = await WalkAsync(worker, query + "&limit=5", scope);

        int channels = channel is null ? 2 : 1;
        Assert.Equal(agent is null ? 120 * channels / 2 : 12 * channels / 2, walked.Count);
        Assert.All(walked, item => Assert.Equal(channel ?? Text(item, "channel"), Text(item, "channel")));
        Assert.All(walked, item => Assert.Equal(agent ?? Text(item, "agent"), Text(item, "agent")));
    }

    [Theory]
    [InlineData("", "publish:*")]
    [InlineData("agents=b1", "read:agents/a1")]
    public async Task With_nothing_left_of_what_was_asked_for_it_is_forbidden(string query, string scope)
    {
        await using RunningWorker worker = await RunningWorker.StartAsync();

        (await worker.GetAsync($"{Path}?{query}", scope: scope)).AssertProblem(403, "forbidden");
    }

    [Fact]
    public async Task A_read_that_finds_little_stops_and_says_where_to_go_on()
    {
        await using RunningWorker worker = await RunningWorker.StartAsync(
            null, "--connection_plane:history:entries_scanned_max", "100");
        await FillAsync(worker, 250);
        string[] wanted = await worker.PublishAsync(new { channel = "budget", type = "x", agent = "a1", payload = 1 });

        Answer first = await worker.GetAsync(Path + "?channels=budget");
        List<JsonElement> walked = await WalkAsync(worker, "channels=budget");

        Assert.Equal(0, first.Json.GetProperty("events").GetArrayLength());
        Assert.True(first.Json.GetProperty("more").GetBoolean());
        Assert.Equal(wanted, walked.Select(Id));
    }

    [Fact]
    public async Task An_answer_is_limited_in_bytes()
    {
        await using RunningWorker worker = await RunningWorker.StartAsync(
            null, "--connection_plane:history:answer_bytes_max", "65536");
        string[] published = await worker.PublishAsync([.. Enumerable.Range(0, 20).Select(i => (object)new
        {
            channel = "agents", type = "x", agent = $"a{i}", payload = new string('x', 10_000),
        })]);

        Answer first = await worker.GetAsync(Path + "?limit=1000");
        List<JsonElement> walked = await WalkAsync(worker, "limit=1000");

        Assert.InRange(first.Json.GetProperty("events").GetArrayLength(), 1, 7);
        Assert.True(first.Json.GetProperty("more").GetBoolean());
        Assert.Equal(published.Order(), walked.Select(Id).Order());
    }

    [Fact]
    public async Task Of_an_empty_tenant_next_names_every_stream_and_misses_nothing_that_comes()
    {
        await using RunningWorker worker = await RunningWorker.StartAsync();
        Answer empty = await worker.GetAsync(Path);

        string[] published = await FillAsync(worker, 30);
        Answer next = await worker.GetAsync($"{Path}?after={Next(empty)}");

        Assert.Equal(4, empty.Json.GetProperty("next").GetArrayLength());
        Assert.False(empty.Json.GetProperty("more").GetBoolean());
        Assert.Equal(published.Order(), next.Json.GetProperty("events").EnumerateArray().Select(Id).Order());
        Assert.Equal(0, next.Json.GetProperty("gaps").GetArrayLength());
    }

    [Fact]
    public async Task What_retention_took_is_told_once_with_its_extent()
    {
        await using var log = RunningWorker.NewLog(new LogOptions { Partitions = 4, EntriesPerStreamMax = 10 });
        await using RunningWorker worker = await RunningWorker.StartAsync(log);
        object one = new { channel = "agents", type = "x", agent = "a1", payload = 1 };
        string[] first = await worker.PublishAsync(one);
        EventPosition after = Position(first[0]);
        await worker.PublishAsync([.. Enumerable.Repeat(one, 1000)]);

        Answer page = await worker.GetAsync($"{Path}?after={first[0]}&limit=1000");
        Answer fresh = await worker.GetAsync($"{Path}?limit=1000");
        Answer next = await worker.GetAsync($"{Path}?after={Next(page)}");

        JsonElement gap = Assert.Single(page.Json.GetProperty("gaps").EnumerateArray());
        EventPosition resumesAt = Position(Text(gap, "resumes_at"));
        Assert.Equal((after.Partition, first[0]), (gap.GetProperty("partition").GetInt32(), Text(gap, "after")));
        Assert.Equal("retention", Text(gap, "reason"));
        Assert.Equal(Id(page.Json.GetProperty("events")[0]), resumesAt.ToString());
        Assert.Equal(resumesAt.Entry.Offset - 2, gap.GetProperty("missing").GetInt64());
        Assert.Equal(1001 - resumesAt.Entry.Offset + 1, page.Json.GetProperty("events").GetArrayLength());
        Assert.Equal(0, fresh.Json.GetProperty("gaps").GetArrayLength());
        Assert.Equal(0, next.Json.GetProperty("gaps").GetArrayLength());
    }

    [Fact]
    public async Task A_position_of_another_epoch_is_told()
    {
        await using RunningWorker worker = await RunningWorker.StartAsync();
        string[] ids = await worker.PublishAsync(new { channel = "agents", type = "x", agent = "a1", payload = 1 });
        EventPosition foreign = Position(ids[0]) with { Epoch = Epoch.Parse("zzzzzz") };

        Answer page = await worker.GetAsync($"{Path}?after={foreign}");

        JsonElement gap = Assert.Single(page.Json.GetProperty("gaps").EnumerateArray());
        Assert.Equal(("epoch", foreign.ToString()), (Text(gap, "reason"), Text(gap, "after")));
        Assert.False(gap.TryGetProperty("missing", out _));
        Assert.Equal(ids[0], Text(gap, "resumes_at"));
        Assert.Equal(ids[0], Id(page.Json.GetProperty("events")[0]));
    }

    [Fact]
    public async Task Without_the_log_a_retry_is_asked_for()
    {
        await using var log = new FaultyLog(RunningWorker.NewLog())
        {
            OnRead = stream => stream.Partition == 3 ? FaultyLog.Away() : null,
        };
        await using RunningWorker worker = await RunningWorker.StartAsync(log);

        foreach (string path in (string[])[Path, "/v1/agents"])
        {
            Answer answer = await worker.GetAsync(path);
            answer.AssertProblem(503, "log_unavailable");
            Assert.Equal("1", answer.Headers["Retry-After"]);
        }
    }

    // Ten agents, half of the events each on two channels.
    private static Task<string[]> FillAsync(RunningWorker worker, int count) =>
        worker.PublishAsync([.. Enumerable.Range(0, count).Select(i => (object)new
        {
            channel = i / 10 % 2 == 0 ? "agents" : "tasks", type = "x", agent = $"a{i % 10}", payload = i,
        })]);

    private static async Task<List<JsonElement>> WalkAsync(
        RunningWorker worker, string query, string scope = RunningWorker.Everything)
    {
        var walked = new List<JsonElement>();
        string after = "";
        for (int pages = 0; pages < 1000; pages++)
        {
            Answer page = await worker.GetAsync($"{Path}?{query}{after}", scope: scope);
            Assert.Equal(200, page.Status);
            Assert.Equal(0, page.Json.GetProperty("gaps").GetArrayLength());
            walked.AddRange(page.Json.GetProperty("events").EnumerateArray());
            if (!page.Json.GetProperty("more").GetBoolean())
            {
                return walked;
            }

            after = $"&after={Next(page)}";
        }

        throw new InvalidOperationException("Paging does not end.");
    }

    private static string Next(Answer page) =>
        string.Join(',', page.Json.GetProperty("next").EnumerateArray().Select(item => item.GetString()));

    private static string Id(JsonElement item) => Text(item, "id");

    private static string Text(JsonElement item, string name) => item.GetProperty(name).GetString()!;

    private static EventPosition Position(string id)
    {
        Assert.True(EventPosition.TryParse(id, out EventPosition position), id);
        return position;
    }
}

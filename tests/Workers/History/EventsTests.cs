using System.Text.Json;
using Realtime.Protocol;
using static Realtime.Tests.Workers.History.EventPages;

namespace Realtime.Tests.Workers.History;

/// <summary>Queries, paging, filters and limits of history.</summary>
public sealed class EventsTests
{
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

        Answer answer = await worker.GetAsync($"{Endpoint}?{query}");

        answer.AssertProblem(400, "bad_request");
        Assert.Equal([$"query: {parameter}"], answer.Places);
    }

    [Fact]
    public async Task A_slip_in_a_parameter_s_name_is_refused_with_what_was_meant()
    {
        await using RunningWorker worker = await RunningWorker.StartAsync();

        Answer answer = await worker.GetAsync(Endpoint + "?agent=a1");

        answer.AssertProblem(400, "bad_request");
        string text = System.Text.Encoding.UTF8.GetString(answer.Body);
        Assert.Contains("did you mean agents?", text, StringComparison.Ordinal);
        Assert.EndsWith("}\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task All_errors_are_told_at_once()
    {
        await using RunningWorker worker = await RunningWorker.StartAsync();

        Answer answer = await worker.GetAsync(Endpoint + "?limit=0&agents=-&after=x");

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

        JsonElement item = Assert.Single((await worker.GetAsync(Endpoint)).Json.GetProperty("events").EnumerateArray());

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

        (await worker.GetAsync($"{Endpoint}?{query}", scope: scope)).AssertProblem(403, "forbidden");
    }

    [Fact]
    public async Task A_read_that_finds_little_stops_and_says_where_to_go_on()
    {
        await using RunningWorker worker = await RunningWorker.StartAsync(
            null, "--connection_plane:history:entries_scanned_max", "100");
        await FillAsync(worker, 250);
        string[] wanted = await worker.PublishAsync(new { channel = "budget", type = "x", agent = "a1", payload = 1 });

        Answer first = await worker.GetAsync(Endpoint + "?channels=budget");
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

        Answer first = await worker.GetAsync(Endpoint + "?limit=1000");
        List<JsonElement> walked = await WalkAsync(worker, "limit=1000");

        Assert.InRange(first.Json.GetProperty("events").GetArrayLength(), 1, 7);
        Assert.True(first.Json.GetProperty("more").GetBoolean());
        Assert.Equal(published.Order(), walked.Select(Id).Order());
    }

    [Fact]
    public async Task Without_the_log_a_retry_is_asked_for()
    {
        await using var log = new FaultyLog(RunningWorker.NewLog())
        {
            OnRead = stream => stream.Partition == 3 ? FaultyLog.Away() : null,
        };
        await using RunningWorker worker = await RunningWorker.StartAsync(log);

        foreach (string path in (string[])[Endpoint, "/v1/agents"])
        {
            Answer answer = await worker.GetAsync(path);
            answer.AssertProblem(503, "log_unavailable");
            Assert.Equal("1", answer.Headers["Retry-After"]);
        }
    }
}

using System.Text.Json;

namespace Realtime.Tests.Workers.History;

public sealed class AgentsTests
{
    private const string Path = "/v1/agents";

    [Fact]
    public async Task An_agent_has_its_latest_values_and_what_was_deleted_is_gone()
    {
        await using RunningWorker worker = await RunningWorker.StartAsync();
        string[] ids = await worker.PublishAsync(
            State("a1", "status", "starting"), State("a1", "cost", 1), State("a1", "step", 1),
            State("a2", "status", "idle"),
            new { channel = "agents", type = "x", agent = "a3", payload = 1 },
            State("a1", "status", "running"), State("a1", "step", null));

        JsonElement[] agents = [.. (await worker.GetAsync(Path)).Json.GetProperty("agents").EnumerateArray()];

        Assert.Equal(["a1", "a2"], agents.Select(agent => agent.GetProperty("agent").GetString()));
        JsonElement values = agents[0].GetProperty("values");
        Assert.Equal(["agent:a1:cost", "agent:a1:status"], values.EnumerateObject().Select(value => value.Name));
        JsonElement status = values.GetProperty("agent:a1:status");
        Assert.Equal(ids[5], status.GetProperty("id").GetString());
        Assert.Equal("running", status.GetProperty("payload").GetString());
        Assert.Equal("event", status.GetProperty("op").GetString());
        Assert.True(status.GetProperty("snapshot").GetBoolean());
    }

    [Fact]
    public async Task From_the_cursor_on_reading_misses_nothing_and_repeats_nothing()
    {
        await using RunningWorker worker = await RunningWorker.StartAsync();
        await worker.PublishAsync([.. Enumerable.Range(0, 30).Select(i => State($"a{i}", "status", i))]);
        Answer state = await worker.GetAsync(Path);

        string[] later = await worker.PublishAsync(
            [.. Enumerable.Range(0, 10).Select(i => State($"a{i}", "status", -i))]);
        string cursor = string.Join(
            ',', state.Json.GetProperty("cursor").EnumerateArray().Select(item => item.GetString()));
        Answer events = await worker.GetAsync($"/v1/events?after={cursor}");

        Assert.Equal(4, state.Json.GetProperty("cursor").GetArrayLength());
        Assert.Equal(
            later.Order(),
            events.Json.GetProperty("events").EnumerateArray()
                .Select(item => item.GetProperty("id").GetString()!).Order());
    }

    [Fact]
    public async Task Pages_follow_the_names_and_show_each_agent_once()
    {
        await using RunningWorker worker = await RunningWorker.StartAsync();
        await worker.PublishAsync([.. Enumerable.Range(0, 25).Select(i => State($"a{i:00}", "status", i))]);
        var seen = new List<string>();
        bool more = true;
        while (more)
        {
            string after = seen.Count == 0 ? "" : $"&after_agent={seen[^1]}";
            Answer page = await worker.GetAsync($"{Path}?limit=10{after}");
            seen.AddRange(Names(page));
            more = page.Json.GetProperty("more").GetBoolean();
        }

        Assert.Equal(Enumerable.Range(0, 25).Select(i => $"a{i:00}"), seen);
    }

    [Theory]
    [InlineData("", "read:agents/a1", new[] { "a1" })]
    [InlineData("?agents=a2", "read:*", new[] { "a2" })]
    [InlineData("?agents=a*&channels=tasks", "read:*", new string[0])]
    public async Task Grants_and_filters_narrow_it(string query, string scope, string[] expected)
    {
        await using RunningWorker worker = await RunningWorker.StartAsync();
        await worker.PublishAsync(State("a1", "status", 1), State("a2", "status", 1));

        Answer answer = await worker.GetAsync(Path + query, scope: scope);

        Assert.Equal(expected, Names(answer));
    }

    [Theory]
    [InlineData("limit=0", "query: limit")]
    [InlineData("limit=10001", "query: limit")]
    [InlineData("after_agent=-", "query: after_agent")]
    [InlineData("channels=x", "query: channels")]
    public async Task A_bad_query_is_refused_with_its_place(string query, string place)
    {
        await using RunningWorker worker = await RunningWorker.StartAsync();

        Answer answer = await worker.GetAsync($"{Path}?{query}");

        answer.AssertProblem(400, "bad_request");
        Assert.Equal([place], answer.Places);
    }

    [Fact]
    public async Task Without_a_grant_it_is_forbidden()
    {
        await using RunningWorker worker = await RunningWorker.StartAsync();

        (await worker.GetAsync(Path, scope: "publish:*")).AssertProblem(403, "forbidden");
    }

    private static IEnumerable<string> Names(Answer answer) =>
        answer.Json.GetProperty("agents").EnumerateArray().Select(agent => agent.GetProperty("agent").GetString()!);

    private static object State(string agent, string key, object? payload) =>
        new { channel = "agents", type = "agent.state", agent, state_key = $"agent:{agent}:{key}", payload };
}

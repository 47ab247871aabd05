using System.Text.Json;
using System.Text.Json.Nodes;
using Realtime.Protocol;

namespace Realtime.Tests.EndToEnd;

/// <summary>Watching events through the edge: filters, snapshots, resume, server-sent events, and HTTP.</summary>
public sealed class WatchTests(SharedSystem shared) : IClassFixture<SharedSystem>, IDisposable
{
    private readonly WatchFixture _tenant = new(shared.System, shared.NewTenant());

    public void Dispose() => _tenant.Dispose();

    [Theory]
    [InlineData("agents=a1", new[] { 1, 2, 3, 4, 8 })]
    [InlineData("agents=a*", new[] { 1, 2, 3, 4, 5, 8 })]
    [InlineData("agents=*", new[] { 1, 2, 3, 4, 5, 6, 8 })]
    [InlineData("agents=a1,b1", new[] { 1, 2, 3, 4, 6, 8 })]
    [InlineData("agents=a1&agents=b1", new[] { 1, 2, 3, 4, 6, 8 })]
    [InlineData("channels=tasks", new[] { 2, 8 })]
    [InlineData("channels=tasks,agents", new[] { 1, 2, 4, 5, 6, 8 })]
    [InlineData("channels=*", new[] { 1, 2, 3, 4, 5, 6, 7, 8 })]
    [InlineData("tasks=t1", new[] { 3, 8 })]
    [InlineData("projects=p*", new[] { 4, 8 })]
    [InlineData("types=agent.*", new[] { 1, 2, 3, 4, 6, 7, 8 })]
    [InlineData("types=task.progress&agents=a2", new[] { 5 })]
    [InlineData("agents=a*&channels=tasks&tasks=t*&projects=p1&types=agent.status", new[] { 8 })]
    [InlineData("agents=nobody", new int[0])]
    public async Task Query_parameters_choose_events(string query, int[] wanted)
    {
        using Conversation viewer = await _tenant.OpenAsync($"/ws/agents?{query}");
        JsonElement subscribed = await viewer.NextAsync("subscribed");
        Assert.Equal("default", subscribed.GetProperty("id").GetString());
        Assert.False(subscribed.TryGetProperty("recovered", out _));

        // A second one takes all: when it has the last event, the first has had its own, since all are of one stream.
        await viewer.SayAsync("""{"op":"subscribe","id":"last","types":"last"}""");
        await viewer.NextAsync("subscribed");
        void Grouped(JsonObject message) => message["group"] = "g";
        await _tenant.PublishAsync("a1", Grouped);
        await _tenant.PublishAsync("a1", message => { Grouped(message); message["channel"] = "tasks"; });
        await _tenant.PublishAsync("a1", message =>
        {
            Grouped(message);
            message["task"] = "t1";
            message["channel"] = "messages";
        });
        await _tenant.PublishAsync("a1", message => { Grouped(message); message["project"] = "p1"; });
        await _tenant.PublishAsync("a2", message => { Grouped(message); message["type"] = "task.progress"; });
        await _tenant.PublishAsync("b1", Grouped);
        await _tenant.PublishAsync("", message =>
        {
            Grouped(message);
            message.Remove("agent");
            message["channel"] = "system";
        });
        await _tenant.PublishAsync("a1", message =>
        {
            Grouped(message);
            message["channel"] = "tasks";
            message["task"] = "t1";
            message["project"] = "p1";
        });
        await _tenant.PublishAsync("", message =>
        {
            Grouped(message);
            message.Remove("agent");
            message["type"] = "last";
            message["channel"] = "notifications";
        });

        var seen = new List<int>();
        JsonElement next;
        while ((next = await viewer.NextAsync("event")).GetProperty("type").GetString() != "last")
        {
            seen.Add(WatchFixture.NumberOf(next));
        }

        Assert.Equal(wanted, seen);
        JsonElement page = await _tenant.GetAsync($"v1/events?{query}");
        Assert.Equal(
            wanted,
            page.GetProperty("events").EnumerateArray()
                .Where(one => one.GetProperty("type").GetString() != "last").Select(WatchFixture.NumberOf));
    }

    [Fact]
    public async Task A_live_event_comes_once_for_all_subscriptions_and_not_after_unsubscribe()
    {
        using Conversation viewer = await _tenant.OpenAsync("/ws/agents");
        await viewer.SayAsync("""
            [{"op":"subscribe","id":"s1","agents":["a*"]},{"op":"subscribe","id":"s2","agents":"a1"},
             {"op":"subscribe","id":"s3","agents":"b1"}]
            """);
        for (int i = 0; i < 3; i++)
        {
            await viewer.NextAsync("subscribed");
        }

        await _tenant.PublishAsync("a1");
        await _tenant.PublishAsync("a1");
        Assert.Equal(1, WatchFixture.NumberOf(await viewer.NextAsync("event")));
        Assert.Equal(2, WatchFixture.NumberOf(await viewer.NextAsync("event")));

        await viewer.SayAsync("""{"op":"unsubscribe","id":"s1"}""");
        await viewer.NextAsync("unsubscribed");
        await _tenant.PublishAsync("a2", message => message["group"] = "a1");
        await _tenant.PublishAsync("a1");
        Assert.Equal(4, WatchFixture.NumberOf(await viewer.NextAsync("event")));

        await viewer.SayAsync("""{"op":"unsubscribe","id":"s2"}""");
        await viewer.NextAsync("unsubscribed");
        await _tenant.PublishAsync("a1");
        await _tenant.PublishAsync("b1", message => message["group"] = "a1");
        Assert.Equal(6, WatchFixture.NumberOf(await viewer.NextAsync("event")));
    }

    [Fact]
    public async Task A_snapshot_has_the_latest_values_and_its_cursor_leads_to_all_that_follows()
    {
        void Status(JsonObject message) => message["state_key"] = $"agent:{message["agent"]}:status";
        for (int i = 1; i <= 3; i++)
        {
            await _tenant.PublishAsync("a1", Status);
        }

        await _tenant.PublishAsync("a2", Status);
        await _tenant.PublishAsync("a3", Status);
        await _tenant.PublishAsync("a3", message => { Status(message); message["payload"] = null; });
        await _tenant.PublishAsync("a4");

        using Conversation viewer = await _tenant.OpenAsync("/ws/agents?snapshot=true");
        await viewer.NextAsync("subscribed");
        var values = new Dictionary<string, int>();
        JsonElement next;
        while (Conversation.Op(next = await viewer.NextAsync()) != "snapshot")
        {
            if (Conversation.Op(next) == "event")
            {
                Assert.True(next.GetProperty("snapshot").GetBoolean());
                values.Add(next.GetProperty("agent").GetString()!, WatchFixture.NumberOf(next));
            }
        }

        Assert.Equal(new Dictionary<string, int> { ["a1"] = 3, ["a2"] = 4 }, values);
        Assert.True(next.GetProperty("end").GetBoolean());
        string cursor = WatchFixture.CursorOf(next);

        string first = await _tenant.PublishAsync("a1", Status);
        await _tenant.PublishAsync("a1");
        JsonElement live = await viewer.NextAsync("event");
        Assert.Equal(first, live.GetProperty("id").GetString());
        Assert.False(live.TryGetProperty("snapshot", out _));

        // A resume is whole here, so that no snapshot comes although one is asked for.
        using Conversation back = await _tenant.OpenAsync($"/ws/agents?snapshot=true&after={cursor}");
        JsonElement subscribed = await back.NextAsync("subscribed");
        Assert.True(subscribed.GetProperty("recovered").GetBoolean());
        JsonElement[] followed = [await back.NextAsync(), await back.NextAsync(), await back.NextAsync()];
        Assert.Equal(["replay", "event", "event"], followed.Select(Conversation.Op));
        Assert.Equal(first, followed[1].GetProperty("id").GetString());

        JsonElement agents = await _tenant.GetAsync("v1/agents");
        Assert.Equal(
            [("a1", 8), ("a2", 4)],
            agents.GetProperty("agents").EnumerateArray().Select(agent => (
                agent.GetProperty("agent").GetString()!,
                WatchFixture.NumberOf(agent.GetProperty("values")
                    .GetProperty($"agent:{agent.GetProperty("agent").GetString()}:status")))));
        Assert.False(agents.GetProperty("more").GetBoolean());
        JsonElement none = await _tenant.GetAsync($"v1/events?after={WatchFixture.CursorOf(agents)}");
        Assert.Empty(none.GetProperty("events").EnumerateArray());
    }

    [Fact]
    public async Task An_event_stream_resumes_exactly_by_its_last_event_id()
    {
        using SseClient first = await SseClient.OpenAsync(_tenant.Http, "/sse/agents?agents=a*");
        Assert.Equal("default", (await first.NextAsync("subscribed")).GetProperty("id").GetString());
        await _tenant.PublishAsync("a1");
        Assert.Equal(1, WatchFixture.NumberOf(await first.NextAsync("event")));
        string id = await first.NextIdAsync();
        first.Dispose();
        Assert.Equal(id, first.LastEventId);

        // Of streams that were quiet so far, too: the id names them all.
        string[] quiet = [.. Enumerable.Range(2, 8).Select(i => $"a{i}")];
        foreach (string agent in (string[])["a1", "b1", .. quiet, "a1"])
        {
            await _tenant.PublishAsync(agent);
        }

        using SseClient second = await SseClient.OpenAsync(_tenant.Http, "/sse/agents?agents=a*", id);
        Assert.True((await second.NextAsync("subscribed")).GetProperty("recovered").GetBoolean());
        var seen = new List<string>();
        for (int i = 0; i < 10; i++)
        {
            seen.Add((await second.NextAsync("event")).GetProperty("agent").GetString()!);
        }

        Assert.Equal(["a1", "a1", .. quiet], seen.Order());
        string reached = await second.NextIdAsync();
        second.Dispose();

        await _tenant.PublishAsync("a1");
        using SseClient third = await SseClient.OpenAsync(_tenant.Http, "/sse/agents?agents=a*", reached);
        Assert.Equal(13, WatchFixture.NumberOf(await third.NextAsync("event")));
    }

    [Fact]
    public async Task An_event_stream_resumes_from_an_id_that_names_only_a_quiet_stream()
    {
        string quiet = await _tenant.PublishAsync("quiet");
        using SseClient first = await SseClient.OpenAsync(_tenant.Http, "/sse/agents", quiet);
        Assert.True((await first.NextAsync("subscribed")).GetProperty("recovered").GetBoolean());

        // Streams that it does not name begin at the live end.
        await _tenant.PublishAsync("other");
        Assert.Equal(2, WatchFixture.NumberOf(await first.NextAsync("event")));
        await first.NextIdAsync();
        first.Dispose();
        await _tenant.PublishAsync("quiet");
        using SseClient second = await SseClient.OpenAsync(_tenant.Http, "/sse/agents", first.LastEventId);
        Assert.Equal(3, WatchFixture.NumberOf(await second.NextAsync("event")));
    }

    [Fact]
    public async Task Pages_of_history_hold_every_event_once()
    {
        const int Count = 57;
        for (int i = 0; i < Count; i++)
        {
            await _tenant.PublishAsync($"a{i % 5}");
        }

        var seen = new List<int>();
        JsonElement page = await _tenant.GetAsync("v1/events?limit=10&agents=a*");
        seen.AddRange(Numbers(page));
        for (int pages = 1; page.GetProperty("more").GetBoolean(); pages++)
        {
            Assert.True(pages < Count, "Pages without an end.");
            page = await _tenant.GetAsync($"v1/events?limit=10&agents=a*&after={WatchFixture.CursorOf(page, "next")}");
            Assert.InRange(page.GetProperty("events").GetArrayLength(), 0, 10);
            seen.AddRange(Numbers(page));
        }

        Assert.Equal(Enumerable.Range(1, Count), seen.Order());
        Assert.Empty(page.GetProperty("gaps").EnumerateArray());

        // The last page's cursor is one to watch after.
        using Conversation viewer = await _tenant.OpenAsync($"/ws/agents?after={WatchFixture.CursorOf(page, "next")}");
        Assert.True((await viewer.NextAsync("subscribed")).GetProperty("recovered").GetBoolean());
        string id = await _tenant.PublishAsync("a1");
        Assert.Equal(id, (await viewer.NextAsync("event")).GetProperty("id").GetString());
    }

    [Fact]
    public async Task A_cursor_ahead_of_the_end_is_told_and_never_waited_for()
    {
        string id = await _tenant.PublishAsync("a1");
        Assert.True(EventPosition.TryParse(id, out EventPosition position));
        EventPosition ahead = position with { Entry = position.Entry with { Offset = position.Entry.Offset + 100 } };
        using Conversation viewer = await _tenant.OpenAsync($"/ws/agents?after={ahead}");
        JsonElement subscribed = await viewer.NextAsync("subscribed");
        Assert.False(subscribed.GetProperty("recovered").GetBoolean());
        Assert.Equal("epoch", subscribed.GetProperty("reason").GetString());
        JsonElement gap = await viewer.NextAsync("gap");
        Assert.Equal("epoch", gap.GetProperty("reason").GetString());

        // Nobody knows what such a client has: it gets all that is retained, and is told where that begins.
        string next = await _tenant.PublishAsync("a1");
        Assert.Equal(id, gap.GetProperty("resumes_at").GetString());
        Assert.Equal(id, (await viewer.NextAsync("event")).GetProperty("id").GetString());
        Assert.Equal(next, (await viewer.NextAsync("event")).GetProperty("id").GetString());
    }

    private static IEnumerable<int> Numbers(JsonElement page) =>
        page.GetProperty("events").EnumerateArray().Select(WatchFixture.NumberOf);
}

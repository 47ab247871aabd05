using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Realtime.Protocol;
using Realtime.Tests.Support;

namespace Realtime.Tests.EndToEnd;

/// <summary>
/// The newest events through the edge: what a viewer shows first, before it watches on and pages back.
/// </summary>
public sealed class LatestEventsTests
{
    private const int EventsBefore = 600;
    private const int Last = 50;
    private static readonly string[] Agents = [.. Enumerable.Range(0, 12).Select(i => $"agent-{i}")];
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData("memory")]
    [InlineData("redis")]
    public async Task The_newest_of_an_agent_are_exact_whatever_groups_its_events_are_in(string log)
    {
        await using RedisServer? redis = log == "redis" ? await RedisServer.StartAsync() : null;
        await using RealtimeSystem system =
            await RealtimeSystem.StartAsync(new RealtimeSystemOptions { Redis = redis?.Endpoint });
        using var tenant = new WatchFixture(system, "newest");
        var published = new List<EventPosition>();
        for (int i = 0; i < 90; i++)
        {
            int group = i % 4;
            void Grouped(JsonObject message) =>
                message["group"] = group == 0 ? message["agent"]!.GetValue<string>() : $"group-{group}";
            string id = await tenant.PublishAsync(i % 3 == 0 ? "a2" : "a1", Grouped);
            if (i % 3 != 0)
            {
                published.Add(PositionOf(id));
            }
        }

        published = [.. published.OrderBy(p => p.Entry.Ms).ThenBy(p => p.Partition).ThenBy(p => p.Entry.Offset)];
        JsonElement page = await tenant.GetAsync("v1/events?last=7&agents=a1");
        Assert.Equal(published.TakeLast(7), PositionsOf(page));
        page = await tenant.GetAsync($"v1/events?last=9&agents=a1&before={WatchFixture.CursorOf(page, "before")}");
        Assert.Equal(published.SkipLast(7).TakeLast(9), PositionsOf(page));

        using HttpResponseMessage bad = await tenant.Http.GetAsync("v1/events?last=5&limit=5");
        Assert.Equal(HttpStatusCode.BadRequest, bad.StatusCode);
        Assert.Contains("does not go with last", await bad.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("memory")]
    [InlineData("redis")]
    public async Task What_was_read_back_and_what_is_watched_after_are_all_events_once_while_others_publish(string log)
    {
        await using RedisServer? redis = log == "redis" ? await RedisServer.StartAsync() : null;
        await using RealtimeSystem system =
            await RealtimeSystem.StartAsync(new RealtimeSystemOptions { Redis = redis?.Endpoint });
        using HttpClient http = system.CreateClient(system.Token());
        using var patience = new CancellationTokenSource(Patience, TimeProvider.System);
        var producer = new TestProducer(http, seed: 1);
        await producer.PublishAsync(Agents, EventsBefore, 20, patience.Token);
        var others = new TestProducer(http, seed: 2);
        bool isPagedBack = false;
        Task publishing = others.PublishWhileAsync(Agents, () => !Volatile.Read(ref isPagedBack), 20, patience.Token);

        JsonElement first = await GetAsync(http, $"v1/events?last={Last}", patience.Token);
        EventPosition[] shown = PositionsOf(first);
        Assert.Equal(Last, shown.Length);
        using Conversation viewer = await Conversation.OpenAsync(
            system, $"/ws/agents?after={WatchFixture.CursorOf(first)}", system.Token("read:*"));
        Assert.True((await viewer.NextAsync("subscribed")).GetProperty("recovered").GetBoolean());

        List<EventPosition> older = await PageBackAsync(http, first, patience.Token);
        Volatile.Write(ref isPagedBack, true);
        await publishing;
        await producer.PublishAsync(Agents, Agents.Length, 1, patience.Token);
        EventPosition[] published =
            [.. producer.Acknowledged.Concat(others.Acknowledged).Select(one => one.Position)];
        var watched = new List<EventPosition>();
        while (older.Count + shown.Length + watched.Count < published.Length)
        {
            JsonElement next = await viewer.NextAsync();
            Assert.NotEqual("gap", Conversation.Op(next));
            if (Conversation.Op(next) == "event")
            {
                watched.Add(PositionOf(next.GetProperty("id").GetString()!));
            }
        }

        Assert.DoesNotContain(await viewer.UntilPongAsync(), message => Conversation.Op(message) == "event");
        Assert.NotEmpty(watched);
        EventPosition[] seen = [.. older, .. shown, .. watched];
        Assert.Equal(ByStream(published.Order(ByOffset)), ByStream(seen));

        // What was read back is in one order, whatever the pages were.
        Assert.Equal(
            [.. older.Concat(shown).OrderBy(p => p.Entry.Ms).ThenBy(p => p.Partition).ThenBy(p => p.Entry.Offset)],
            [.. older, .. shown]);
    }

    private static readonly Comparer<EventPosition> ByOffset =
        Comparer<EventPosition>.Create((left, right) => left.Entry.Offset.CompareTo(right.Entry.Offset));

    // Streams are independent of each other; the order within each stays as it is.
    private static EventPosition[] ByStream(IEnumerable<EventPosition> positions) =>
        [.. positions.OrderBy(position => position.Partition)];

    private static async Task<List<EventPosition>> PageBackAsync(
        HttpClient http, JsonElement page, CancellationToken cancelled)
    {
        var older = new List<EventPosition>();
        for (int pages = 0; page.GetProperty("more").GetBoolean(); pages++)
        {
            Assert.InRange(pages, 0, 1000);
            page = await GetAsync(
                http, $"v1/events?last=37&before={WatchFixture.CursorOf(page, "before")}", cancelled);
            older.InsertRange(0, PositionsOf(page));
        }

        return older;
    }

    private static async Task<JsonElement> GetAsync(HttpClient http, string path, CancellationToken cancelled)
    {
        using HttpResponseMessage answer = await http.GetAsync(path, cancelled);
        string body = await answer.Content.ReadAsStringAsync(cancelled);
        Assert.True(answer.IsSuccessStatusCode, body);
        return JsonDocument.Parse(body).RootElement;
    }

    private static EventPosition[] PositionsOf(JsonElement page) =>
        [.. page.GetProperty("events").EnumerateArray().Select(one => PositionOf(one.GetProperty("id").GetString()!))];

    private static EventPosition PositionOf(string id)
    {
        Assert.True(EventPosition.TryParse(id, out EventPosition position), id);
        return position;
    }
}

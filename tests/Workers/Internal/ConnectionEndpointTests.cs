using System.Text.Json;
using Realtime.Tests.Workers.Connections;

namespace Realtime.Tests.Workers.Internal;

/// <summary>Which connections there are, and the end of some.</summary>
public sealed class ConnectionEndpointTests
{
    [Fact]
    public async Task Connections_are_listed_with_what_they_are_and_filtered_and_paged()
    {
        await using RunningWorker worker = await RunningWorker.StartAsync();
        using WorkerSocket viewer = await WorkerSocket.OpenAsync(
            worker, "/ws/agents?agents=a1&heartbeat=45s", RunningWorker.Stamp(edge: "e1"));
        await viewer.NextAsync("subscribed");
        using WorkerSocket producer = await WorkerSocket.OpenAsync(
            worker, "/v1/publish", RunningWorker.Stamp("other", edge: "e2", subject: "bot"));
        using HttpResponseMessage stream = await worker.SendAsync(
            new HttpRequestMessage(HttpMethod.Get, "/sse/agents"), RunningWorker.Stamp(edge: "e2"));

        long now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        JsonElement one = Assert.Single((await ListAsync(worker, "?kind=viewer")).EnumerateArray());
        Assert.Equal(viewer.Session, one.GetProperty("session").GetString());
        Assert.Equal(
            ("viewer", "acme", "someone", "e1", "c1"),
            (Text(one, "kind"), Text(one, "tenant"), Text(one, "subject"), Text(one, "edge"),
                Text(one, "connection_id")));
        Assert.Equal((1, 45_000), (
            one.GetProperty("subscriptions").GetInt32(), one.GetProperty("heartbeat_ms").GetInt32()));
        Assert.InRange(one.GetProperty("opened_at").GetInt64(), now - 20_000, now + 20_000);
        Assert.InRange(one.GetProperty("last_heard_at").GetInt64(), now - 20_000, now + 20_000);
        Assert.Equal(0, one.GetProperty("unsent_messages").GetInt32());

        JsonElement sse = Assert.Single((await ListAsync(worker, "?kind=stream")).EnumerateArray());
        Assert.Equal(JsonValueKind.Null, sse.GetProperty("last_heard_at").ValueKind);
        Assert.Equal(
            ["bot"], (await ListAsync(worker, "?tenant=other")).EnumerateArray().Select(c => Text(c, "subject")));
        Assert.Equal(2, (await ListAsync(worker, "?edge=e2")).GetArrayLength());
        Assert.Equal(1, (await ListAsync(worker, "?edge=e2&subject=bot")).GetArrayLength());
        Assert.Equal(0, (await ListAsync(worker, "?tenant=acme&subject=bot")).GetArrayLength());

        // In pages of one, each once.
        var seen = new List<string?>();
        string after = "";
        bool more = true;
        while (more)
        {
            JsonElement page = (await worker.OperateAsync(
                HttpMethod.Get, $"/internal/connections?limit=1{after}")).Json;
            Assert.Equal(3, page.GetProperty("total").GetInt32());
            seen.Add(Text(Assert.Single(page.GetProperty("connections").EnumerateArray()), "session"));
            after = $"&after={seen[^1]}";
            more = page.GetProperty("more").GetBoolean();
        }

        Assert.Equal(3, seen.Distinct().Count());
    }

    [Fact]
    public async Task An_operator_sends_some_elsewhere_or_away_for_good()
    {
        await using RunningWorker worker = await RunningWorker.StartAsync();
        using WorkerSocket bot = await WorkerSocket.OpenAsync(worker, stamp: RunningWorker.Stamp(subject: "bot"));
        using WorkerSocket someone = await WorkerSocket.OpenAsync(worker);
        using WorkerSocket other = await WorkerSocket.OpenAsync(worker, stamp: RunningWorker.Stamp("other"));

        Assert.Equal(0, await DisconnectAsync(worker, "?tenant=other&subject=bot"));
        Assert.Equal(1, await DisconnectAsync(worker, "?tenant=acme&subject=bot&reconnect=false"));
        Assert.Empty(await bot.ClosedAsync());
        Assert.Equal(4403, bot.CloseCode);
        Assert.Equal(1, await DisconnectAsync(worker, $"?session={someone.Session}&reconnect=true"));
        Assert.Equal(["drain"], await someone.ClosedAsync());
        Assert.Equal(1012, someone.CloseCode);
        await other.SayAsync("""{"op":"ping","nonce":"1"}""");
        await other.NextAsync("pong");
        Assert.Equal(200, (await worker.GetAsync("/readyz", tenant: null)).Status);
    }

    private static async Task<int> DisconnectAsync(RunningWorker worker, string query) =>
        (await worker.OperateAsync(HttpMethod.Post, "/internal/connections/disconnect" + query))
            .Json.GetProperty("disconnected").GetInt32();

    private static async Task<JsonElement> ListAsync(RunningWorker worker, string query)
    {
        Answer answer = await worker.OperateAsync(HttpMethod.Get, "/internal/connections" + query);
        Assert.Equal(200, answer.Status);
        return answer.Json.GetProperty("connections");
    }

    private static string? Text(JsonElement one, string name) => one.GetProperty(name).GetString();
}

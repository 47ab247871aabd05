using System.Text.Json;
using System.Text.Json.Nodes;

namespace Realtime.Tests.EndToEnd;

/// <summary>A viewer knows which value of a snapshot an event replaces, however the event came.</summary>
public sealed class StateKeyTests(SharedSystem shared) : IClassFixture<SharedSystem>, IDisposable
{
    private const string Key = "agent:a1:\"status\"";

    private readonly WatchFixture _tenant = new(shared.System, shared.NewTenant());

    [Fact]
    public async Task It_stands_in_live_replayed_snapshot_and_history_events_and_only_in_those_that_have_one()
    {
        await _tenant.PublishAsync("a1", Status);
        using Conversation viewer = await _tenant.OpenAsync("/ws/agents?snapshot=true");
        JsonElement value = await viewer.NextAsync("event");
        Assert.True(value.GetProperty("snapshot").GetBoolean());
        Assert.Equal(Key, KeyOf(value));
        string cursor = WatchFixture.CursorOf(await viewer.NextAsync("snapshot"));

        await _tenant.PublishAsync("a1", message => { Status(message); message["payload"] = null; });
        await _tenant.PublishAsync("a1");
        JsonElement deletes = await viewer.NextAsync("event");
        Assert.Equal((Key, JsonValueKind.Null), (KeyOf(deletes), deletes.GetProperty("payload").ValueKind));
        Assert.Null(KeyOf(await viewer.NextAsync("event")));

        using Conversation back = await _tenant.OpenAsync($"/ws/agents?after={cursor}");
        await back.NextAsync("replay");
        Assert.Equal(Key, KeyOf(await back.NextAsync("event")));
        Assert.Null(KeyOf(await back.NextAsync("event")));

        using SseClient stream = await SseClient.OpenAsync(_tenant.Http, $"/sse/agents?after={cursor}");
        Assert.Equal(Key, KeyOf(await stream.NextAsync("event")));

        JsonElement page = await _tenant.GetAsync("v1/events");
        Assert.Equal(new[] { Key, Key, null }, page.GetProperty("events").EnumerateArray().Select(KeyOf));
    }

    public void Dispose() => _tenant.Dispose();

    private static void Status(JsonObject message) => message["state_key"] = Key;

    private static string? KeyOf(JsonElement message) =>
        message.TryGetProperty("state_key", out JsonElement key) ? key.GetString() : null;
}

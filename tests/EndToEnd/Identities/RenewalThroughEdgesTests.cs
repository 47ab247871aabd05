using System.Text.Json;

namespace Realtime.Tests.EndToEnd.Identities;

/// <summary>A fresh token on a socket through a real edge, in both forms.</summary>
public sealed class RenewalThroughEdgesTests(DoorSystem doors) : IClassFixture<DoorSystem>
{
    [Theory]
    [InlineData("realtime.v1.json")]
    [InlineData("realtime.v1.msgpack")]
    public async Task Its_grants_hold_for_what_follows_and_the_connection_stays(string form)
    {
        string tenant = $"tenant-{Guid.NewGuid():N}";
        using Conversation viewer = await Conversation.OpenAsync(
            doors.System, "/ws/agents?agents=*", doors.Token("read:agents/a1", tenant), form);
        await viewer.NextAsync("subscribed");
        using Conversation producer = await Conversation.OpenAsync(
            doors.System, 1, "/v1/publish", doors.Token("publish:agents/a1", tenant), form);
        await producer.NextAsync("welcome");
        await PublishAsync(producer, "a1", "published");
        Assert.Equal("a1", (await viewer.NextAsync("event")).GetProperty("agent").GetString());

        await RenewAsync(producer, "publish:agents/*", tenant);
        await PublishAsync(producer, "a2", "published");
        await RenewAsync(viewer, "read:agents/a2", tenant);
        await PublishAsync(producer, "a1", "published");
        await PublishAsync(producer, "a2", "published");
        await PublishAsync(producer, "a3", "published");
        Assert.Equal("a2", (await viewer.NextAsync("event")).GetProperty("agent").GetString());

        await RenewAsync(producer, "read:*", tenant);
        await PublishAsync(producer, "a1", "error");
        await RenewAsync(viewer, "publish:*", tenant);
        Assert.DoesNotContain(await viewer.UntilPongAsync(), message => Conversation.Op(message) == "event");
    }

    private async Task RenewAsync(Conversation socket, string scope, string tenant)
    {
        await socket.SayAsync($$"""{"op":"auth","token":"{{doors.Token(scope, tenant)}}"}""");
        JsonElement answer = await socket.NextAsync("authenticated");
        Assert.True(answer.GetProperty("expires_at").GetInt64() > 0);
    }

    private static async Task PublishAsync(Conversation producer, string agent, string answer)
    {
        await producer.SayAsync(
            """{"op":"publish","seq":1,"events":{"channel":"agents","type":"x","agent":"AGENT","payload":1}}"""
                .Replace("AGENT", agent, StringComparison.Ordinal));
        await producer.NextAsync(answer);
    }
}

using System.Net.WebSockets;

namespace Realtime.Tests.EndToEnd;

/// <summary>A producer's socket is a connection as any other: counted at the edge, kept alive, ended with its
/// token.</summary>
public sealed class ProducerConnectionTests
{
    private const int UnauthorizedCode = 4401;
    private const int DeadPeerCode = 4408;

    [Fact]
    public async Task It_takes_a_place_among_the_connections_of_its_subject()
    {
        await using RealtimeSystem system = await RealtimeSystem.StartAsync(new RealtimeSystemOptions
        {
            EdgeSettings = new Dictionary<string, string>
            {
                ["connection_plane:edge:limits:subject_connections_max"] = "1",
            },
        });
        using Conversation first = await Conversation.OpenAsync(system, "/v1/publish", system.Token());
        await first.NextAsync("welcome");
        foreach (string address in new[] { "/v1/publish", "/ws/agents" })
        {
            WebSocketException refused = await Assert.ThrowsAsync<WebSocketException>(
                () => Conversation.OpenAsync(system, address, system.Token()));
            Assert.Contains("'429'", refused.Message);
        }

        using Conversation other = await Conversation.OpenAsync(
            system, "/v1/publish", system.Token(subject: "other"));
        await other.NextAsync("welcome");
    }

    [Fact]
    public async Task It_ends_with_its_token()
    {
        await using RealtimeSystem system = await RealtimeSystem.StartAsync(new RealtimeSystemOptions
        {
            // Else it is let in, and stays, for 30 s more.
            WorkerSettings = new Dictionary<string, string> { ["connection_plane:auth:clock_skew"] = "0s" },
        });
        using Conversation producer = await Conversation.OpenAsync(
            system, "/v1/publish", system.Token(lifetime: TimeSpan.FromSeconds(2)));
        await producer.NextAsync("welcome");
        Assert.Equal(UnauthorizedCode, (await producer.ClosedAsync()).Code);
    }

    [Fact]
    public async Task One_that_gives_no_sign_of_life_is_closed_and_one_that_answers_pings_is_not()
    {
        await using RealtimeSystem system = await RealtimeSystem.StartAsync(new RealtimeSystemOptions
        {
            WorkerSettings = new Dictionary<string, string> { ["connection_plane:connections:heartbeat"] = "1s" },
        });
        using Conversation quiet = await Conversation.OpenAsync(system, "/v1/publish", system.Token());
        await quiet.NextAsync("welcome");

        // Reads, so that its library answers pings.
        Task<System.Text.Json.JsonElement> pong = quiet.NextAsync("pong");
        await using RawWebSocket dead = await RawWebSocket.OpenAsync(system, "/v1/publish", system.Token());
        Assert.Equal(DeadPeerCode, await dead.ClosedAsync());
        await quiet.SayAsync("""{"op":"ping"}""");
        await pong;
    }
}

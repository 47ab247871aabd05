using System.Text.Json.Nodes;
using Realtime.Client;
using Realtime.Tests.Support;

namespace Realtime.Tests.Client;

/// <summary>Tickets: connecting by one, and having one made.</summary>
public sealed class TicketTests : IAsyncLifetime
{
    private ConnectionScene _scene = null!;
    private int _tickets;

    public async Task InitializeAsync()
    {
        _scene = await ConnectionScene.StartAsync();
        await _scene.Client.DisposeAsync();
        _scene.States.Clear();
        _scene.Client = _scene.Make(_scene.Edge.Options with
        {
            Ticket = (_, _) => ValueTask.FromResult($"tk_{++_tickets}"),
        });
    }

    public Task DisposeAsync() => _scene.DisposeAsync().AsTask();

    [Fact]
    public async Task Each_connection_is_opened_by_another_one_in_place_of_the_token()
    {
        ScriptedSocket first = await _scene.ConnectAsync(heartbeatMs: 3_600_000);
        Assert.Equal(("/ws/agents?ticket=tk_1", null), (first.Address, first.Token));
        Assert.DoesNotContain(first.Offered, name => name.StartsWith("bearer.", StringComparison.Ordinal));

        // It is not renewed, though there is a token, and what ends by its time is opened by another.
        await first.SayAsync("""[{"op":"expiring","expires_at":1795230380703},{"op":"ping","nonce":"1"}]""");
        Assert.Equal("pong", (await first.HearAsync())["op"]!.GetValue<string>());
        _scene.Clock.Advance(TimeSpan.FromMinutes(1));
        await first.SayAsync("""{"op":"ping","nonce":"2"}""");
        Assert.Equal("pong", (await first.HearAsync())["op"]!.GetValue<string>());
        await first.CloseAsync(4401, "token_expired");
        await _scene.PassAsync();
        ScriptedSocket second = await _scene.Edge.AcceptAsync();
        Assert.Equal("/ws/agents?ticket=tk_2", second.Address);
        Assert.Empty(_scene.Asked);
    }

    [Fact]
    public async Task A_refused_one_is_followed_by_others_and_never_shown_a_second_time()
    {
        _scene.Edge.HandshakeStatus = 401;
        _scene.Client.Subscribe();
        await _scene.PassAsync();
        await _scene.PassAsync();

        // Two waits are over, and the third stands until the clock moves.
        await Eventually.TrueAsync("it was refused three times", () => _scene.Edge.Handshakes == 3);
        ConnectionState waiting = await _scene.WaitingAsync();
        Assert.Equal(ConnectionReasons.Unauthorized, waiting.Reason);
        Assert.Equal((3, 0), (_tickets, _scene.Edge.Requests.Count));
    }

    [Fact]
    public async Task Alone_it_carries_nothing_over_http()
    {
        await using var client = new RealtimeClient(_scene.Edge.Options with
        {
            Token = null,
            Ticket = static (_, _) => ValueTask.FromResult("tk_1"),
        });
        RealtimeException refused = await Assert.ThrowsAsync<RealtimeException>(() => client.ReadEventsAsync());
        Assert.Equal("unauthorized", refused.Code);
        Assert.Empty(_scene.Edge.Requests);
    }

    [Fact]
    public async Task One_is_made_as_it_is_asked_for()
    {
        const string made = """{"ticket":"tk_x","expires_at":1795230350000}""";
        _scene.Edge.Answer(
            ScriptedAnswer.Problem(429, "rate_limited", retry: true, "0"), new ScriptedAnswer(201, made),
            new ScriptedAnswer(201, made), ScriptedAnswer.Problem(403, "forbidden", retry: false));
        await using RealtimeClient client = _scene.Edge.NewClient();
        Ticket ticket = await client.CreateTicketAsync(new TicketOptions
        {
            Scope = "read:agents/a1",
            Origin = "https://app.test",
            Lifetime = TimeSpan.FromSeconds(5),
        });
        Assert.Equal(("tk_x", 1795230350000), (ticket.Text, ticket.ExpiresAt.ToUnixTimeMilliseconds()));
        Assert.DoesNotContain("tk_x", ticket.ToString());
        await client.CreateTicketAsync();
        RealtimeException refused = await Assert.ThrowsAsync<RealtimeException>(() => client.CreateTicketAsync());
        Assert.Equal("forbidden", refused.Code);

        Assert.All(_scene.Edge.Requests, request => Assert.Equal("/v1/tickets", request.Path));
        Assert.Equal(4, _scene.Edge.Requests.Count);
        Assert.Equal(
            """{"scope":"read:agents/a1","origin":"https://app.test","lifetime_ms":5000}""",
            JsonNode.Parse(_scene.Edge.Requests[1].Body)!.ToJsonString());
        Assert.Equal("{}", _scene.Edge.Requests[2].Body);
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(
            () => client.CreateTicketAsync(new TicketOptions { Lifetime = TimeSpan.FromMinutes(6) }));
    }
}

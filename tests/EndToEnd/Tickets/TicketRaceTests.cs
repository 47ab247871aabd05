using System.Net;
using System.Text.Json;
using Realtime.Tests.Support;

namespace Realtime.Tests.EndToEnd.Tickets;

/// <summary>Tickets through two edges over TLS, two workers and a real Redis.</summary>
public sealed class TicketRaceTests : IAsyncLifetime
{
    private const int Rounds = 200;

    private RedisServer _redis = null!;
    private RealtimeSystem _system = null!;

    public async Task InitializeAsync()
    {
        _redis = await RedisServer.StartAsync();
        _system = await RealtimeSystem.StartAsync(
            new RealtimeSystemOptions { Edges = 2, Workers = 2, Redis = _redis.Endpoint });
    }

    public async Task DisposeAsync()
    {
        await _system.DisposeAsync();
        await _redis.DisposeAsync();
    }

    [Fact]
    public async Task Raced_through_two_edges_a_ticket_opens_the_door_once()
    {
        using HttpClient owner = _system.CreateClient(_system.Token());
        using HttpClient one = _system.CreateClient(edge: 0);
        using HttpClient two = _system.CreateClient(edge: 1);
        for (int round = 0; round < Rounds; round++)
        {
            string ticket = await IssueAsync(owner);

            HttpStatusCode[] answers = await Task.WhenAll(
                Knock(one, ticket), Knock(two, ticket), Knock(one, ticket), Knock(two, ticket));

            Assert.Equal(
                [HttpStatusCode.OK, HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized,
                    HttpStatusCode.Unauthorized],
                answers.Order());
        }

        // Nothing is left of them, and nothing ever stood there by which one could be made.
        Assert.Empty(await _redis.CommandAsync("KEYS", "rt:ticket:*"));
        Assert.Empty(await _redis.CommandAsync("KEYS", "*:tickets"));
    }

    [Fact]
    public async Task Redis_keeps_no_ticket_but_its_hash()
    {
        using HttpClient owner = _system.CreateClient(_system.Token());
        string ticket = await IssueAsync(owner);

        string[] keys = (await _redis.CommandAsync("KEYS", "rt:ticket:*")).Split('\n');
        string key = Assert.Single(keys);
        string value = await _redis.CommandAsync("GET", key);

        Assert.Matches("^rt:ticket:[0-9a-f]{64}$", key);
        Assert.DoesNotContain(ticket[3..], key + value, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("acme", value, StringComparison.Ordinal);
        Assert.InRange(int.Parse(await _redis.CommandAsync("PTTL", key)), 1, 30_000);
    }

    [Fact]
    public async Task A_socket_is_opened_by_a_ticket_with_what_it_allows()
    {
        using HttpClient owner = _system.CreateClient(_system.Token());
        string ticket = await IssueAsync(owner, """{"scope":"read:agents/a1"}""");

        using Conversation socket = await Conversation.OpenAsync(
            _system, 1, $"/ws/agents?agents=*&ticket={ticket}", token: "");
        await socket.NextAsync("welcome");
        await socket.NextAsync("subscribed");
        await socket.SayAsync("""{"op":"subscribe","id":"s2","agents":["b1"]}""");
        JsonElement error = await socket.NextAsync("error");

        Assert.Equal("forbidden", error.GetProperty("code").GetString());
    }

    [Fact]
    public async Task Redis_away_no_ticket_is_made_and_none_is_good()
    {
        using HttpClient owner = _system.CreateClient(_system.Token());
        using HttpClient anybody = _system.CreateClient(edge: 1);
        string ticket = await IssueAsync(owner);
        await _redis.KillAsync();

        Assert.Equal(HttpStatusCode.ServiceUnavailable, await Knock(anybody, ticket));
        using HttpResponseMessage issued = await owner.PostAsync("/v1/tickets", null);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, issued.StatusCode);
        Assert.NotNull(issued.Headers.RetryAfter);
    }

    private static async Task<string> IssueAsync(HttpClient owner, string? body = null)
    {
        using StringContent? content =
            body is null ? null : new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        using HttpResponseMessage answer = await owner.PostAsync("/v1/tickets", content);
        string text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.StatusCode == HttpStatusCode.Created, text);
        using JsonDocument json = JsonDocument.Parse(text);
        return json.RootElement.GetProperty("ticket").GetString()!;
    }

    private static async Task<HttpStatusCode> Knock(HttpClient client, string ticket)
    {
        using HttpResponseMessage answer = await client.GetAsync($"/v1/events?ticket={ticket}");
        return answer.StatusCode;
    }
}

using System.Net;
using System.Net.WebSockets;
using Realtime.Tests.Support;

namespace Realtime.Tests.EndToEnd;

/// <summary>Connections of a tenant and of a subject, counted over two workers by a real Redis.</summary>
public sealed class ConnectionBudgetTests : IAsyncLifetime
{
    private RedisServer _redis = null!;
    private RealtimeSystem _system = null!;

    public async Task InitializeAsync()
    {
        _redis = await RedisServer.StartAsync();
        _system = await RealtimeSystem.StartAsync(new RealtimeSystemOptions
        {
            Workers = 2,
            Redis = _redis.Endpoint,
            WorkerSettings = new Dictionary<string, string>
            {
                ["event_plane:budgets:tenant_connections_max"] = "6",
                ["event_plane:budgets:subject_connections_max"] = "4",
                ["event_plane:budgets:connection_lease"] = "3s",
            },
        });
        await Eventually.TrueAsync("both workers are known", async () =>
            await _system.IsAvailableAsync(0) && await _system.IsAvailableAsync(1));
    }

    public async Task DisposeAsync()
    {
        await _system.DisposeAsync();
        await _redis.DisposeAsync();
    }

    [Fact]
    public async Task Over_two_workers_there_are_as_many_as_there_may_be_and_those_left_are_free_again()
    {
        List<Conversation> open = [];
        for (int i = 0; i < 4; i++)
        {
            open.Add(await OpenAsync("ann"));
        }

        await RefusedAsync("ann");
        open.Add(await OpenAsync("bob"));
        open.Add(await OpenAsync("bob", "/v1/publish"));
        await RefusedAsync("bob");
        await RefusedAsync("eve", "/v1/publish");
        await RefusedAsync("eve", "/sse/agents");
        Assert.NotEmpty(await PlacesAsync());

        open[0].Dispose();
        await Eventually.TrueAsync("there is a place again", async () => await TryOpenAsync("ann"));

        open.ForEach(one => one.Dispose());
        await Eventually.TrueAsync("nothing is left in Redis", async () => (await PlacesAsync()).Length == 0);
    }

    [Fact]
    public async Task Places_whose_time_is_over_are_nobodys()
    {
        List<Conversation> open = [];
        for (int i = 0; i < 4; i++)
        {
            open.Add(await OpenAsync("ann"));
        }

        // Somebody who is never heard of again, as one that was killed.
        await _redis.CommandAsync("ZADD", "rt:{q:acme}:places", "9999999999999", "gone");
        await _redis.CommandAsync("HSET", "rt:{q:acme}:places:of", "gone", "2");
        await _redis.CommandAsync("HSET", "rt:{q:acme}:places:subjects", "gone/zoe", "2");
        await RefusedAsync("bob");
        await _redis.CommandAsync("ZADD", "rt:{q:acme}:places", "1", "gone");

        Assert.True(await TryOpenAsync("bob"));
        Assert.DoesNotContain(
            "gone", await _redis.CommandAsync("HKEYS", "rt:{q:acme}:places:subjects"), StringComparison.Ordinal);
        open.ForEach(one => one.Dispose());
    }

    [Fact]
    public async Task What_Redis_lost_is_told_again()
    {
        List<Conversation> open = [];
        for (int i = 0; i < 4; i++)
        {
            open.Add(await OpenAsync("ann"));
        }

        await _redis.CommandAsync("DEL", "rt:{q:acme}:places");
        await _redis.CommandAsync("DEL", "rt:{q:acme}:places:of");
        await _redis.CommandAsync("DEL", "rt:{q:acme}:places:subjects");

        await Eventually.TrueAsync("all are known again", async () =>
            (await _redis.CommandAsync("HVALS", "rt:{q:acme}:places:subjects"))
            .Split('\n', StringSplitOptions.RemoveEmptyEntries).Sum(int.Parse) == 4);
        await RefusedAsync("ann");
        open.ForEach(one => one.Dispose());
    }

    [Fact]
    public async Task While_Redis_is_away_workers_go_by_their_share()
    {
        List<Conversation> open = [];
        for (int i = 0; i < 2; i++)
        {
            open.Add(await OpenAsync("ann"));
        }

        await _redis.FreezeAsync();
        try
        {
            int more = 0;
            while (more < 10 && await TryOpenAsync("ann", keep: open))
            {
                more++;
            }

            // Four in all where one worker has them, or four of each where it does not know of the other.
            Assert.InRange(more, 1, 6);
        }
        finally
        {
            await _redis.ThawAsync();
        }

        open.ForEach(one => one.Dispose());
    }

    private async Task<string> PlacesAsync() => await _redis.CommandAsync("KEYS", "rt:{q:acme}:places*");

    private async Task<Conversation> OpenAsync(string subject, string path = "/ws/agents")
    {
        Conversation socket = await Conversation.OpenAsync(
            _system, path, _system.Token(subject: subject));
        await socket.NextAsync("welcome");
        return socket;
    }

    private async Task<bool> TryOpenAsync(string subject, List<Conversation>? keep = null)
    {
        try
        {
            Conversation socket = await OpenAsync(subject);
            if (keep is null)
            {
                socket.Dispose();
            }
            else
            {
                keep.Add(socket);
            }

            return true;
        }
        catch (WebSocketException)
        {
            return false;
        }
    }

    private async Task RefusedAsync(string subject, string path = "/ws/agents")
    {
        using HttpClient client = _system.CreateClient(_system.Token(subject: subject));
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (!path.StartsWith("/sse", StringComparison.Ordinal))
        {
            request.Headers.Add("Connection", "Upgrade");
            request.Headers.Add("Upgrade", "websocket");
            request.Headers.Add("Sec-WebSocket-Version", "13");
            request.Headers.Add("Sec-WebSocket-Key", "AAAAAAAAAAAAAAAAAAAAAA==");
            request.Headers.Add("Sec-WebSocket-Protocol", "realtime.v1.json");
        }

        using HttpResponseMessage answer =
            await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal(HttpStatusCode.TooManyRequests, answer.StatusCode);
        Assert.NotNull(answer.Headers.RetryAfter);
        Assert.Contains("connection_limit", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }
}

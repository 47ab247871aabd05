using System.Text.Json;

namespace Realtime.Tests.EndToEnd.Identities;

/// <summary>A tenant can't see, guess, count or slow another, through real edges.</summary>
public sealed class TenantIsolationTests(DoorSystem doors) : IClassFixture<DoorSystem>
{
    private string Stranger { get; } = $"tenant-{Guid.NewGuid():N}";

    [Fact]
    public async Task What_another_publishes_reaches_no_viewer_of_it()
    {
        using Conversation viewer = await Conversation.OpenAsync(
            doors.System, "/ws/agents?agents=*", doors.Token(tenant: Stranger));
        await viewer.NextAsync("subscribed");
        using HttpClient http = doors.System.CreateClient(doors.Token(tenant: Stranger), edge: 1);
        using SseClient events = await SseClient.OpenAsync(http, "/sse/agents?agents=*");
        await events.NextAsync("subscribed");
        using Conversation own = await Conversation.OpenAsync(
            doors.System, "/ws/agents?agents=*", doors.Token(), []);
        await own.NextAsync("subscribed");

        await PublishAsync(DoorSystem.Tenant, "a1", "theirs");
        Assert.Contains("theirs", (await own.NextAsync("event")).GetRawText(), StringComparison.Ordinal);
        await PublishAsync(Stranger, "a1", "mine");

        // The first that comes is its own: the other's was published before it.
        Assert.Contains("mine", (await viewer.NextAsync("event")).GetRawText(), StringComparison.Ordinal);
        Assert.Contains("mine", (await events.NextAsync("event")).GetRawText(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/v1/tasks/{0}/terminal", "t1")]
    [InlineData("/v1/tasks/{0}/terminal?from=0", "t1")]
    [InlineData("/v1/events?agents={0}", "a1")]
    [InlineData("/v1/events?agents={0}&last=10", "a1")]
    [InlineData("/v1/agents?agents={0}", "a1")]
    public async Task Ids_of_another_are_answered_as_those_of_nobody(string target, string theirs)
    {
        using HttpClient http = doors.System.CreateClient(doors.Token(tenant: Stranger));
        string[] answers = new string[2];
        for (int i = 0; i < answers.Length; i++)
        {
            // Twice each: what one look leaves behind shows in the next.
            string path = string.Format(null, target, i == 0 ? theirs : "nobody");
            using HttpResponseMessage first = await http.GetAsync(path);
            using HttpResponseMessage second = await http.GetAsync(path);
            answers[i] = $"{(int)first.StatusCode} {(int)second.StatusCode} "
                + Anonymous(await second.Content.ReadAsStringAsync());
        }

        Assert.Equal(answers[1], answers[0]);
        Assert.False(answers[0].StartsWith("400", StringComparison.Ordinal), answers[0]);

        string Anonymous(string body) => body
            .Replace(theirs, "*", StringComparison.Ordinal).Replace("nobody", "*", StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_terminal_of_another_and_of_nobody_are_one_error_on_a_socket()
    {
        var answers = new List<string>();
        foreach (string task in (string[])["t1", "nobody"])
        {
            using Conversation socket = await Conversation.OpenAsync(
                doors.System, $"/ws/terminal/{task}", doors.Token(tenant: Stranger));
            JsonElement error = await socket.NextAsync("error");
            answers.Add($"{error.GetRawText()} {await socket.ClosedAsync()}");
        }

        Assert.Equal(answers[1], answers[0]);
        Assert.Contains("4404", answers[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cursor_of_another_is_one_of_nobody()
    {
        string theirs = await PublishAsync(DoorSystem.Tenant, "a1", "theirs");
        string nobodys = theirs[..^6] + "zzzzzz";
        await PublishAsync(Stranger, "a1", "mine");
        using HttpClient http = doors.System.CreateClient(doors.Token(tenant: Stranger));
        string[] bodies = [await ReadAsync(theirs), await ReadAsync(nobodys)];
        Assert.Equal(bodies[1], bodies[0]);
        Assert.DoesNotContain("theirs", bodies[0], StringComparison.Ordinal);

        async Task<string> ReadAsync(string after)
        {
            string body = await http.GetStringAsync($"/v1/events?after={Uri.EscapeDataString(after)}");
            using JsonDocument page = JsonDocument.Parse(body);
            return string.Join('|', page.RootElement.GetProperty("events").EnumerateArray()
                    .Select(one => one.GetProperty("payload").GetRawText()))
                + string.Join('|', page.RootElement.GetProperty("gaps").EnumerateArray()
                    .Select(one => one.GetRawText().Replace(after, "*", StringComparison.Ordinal)));
        }
    }

    [Fact]
    public async Task Numbers_of_events_tell_nothing_of_how_many_another_has()
    {
        for (int i = 0; i < 20; i++)
        {
            await PublishAsync(DoorSystem.Tenant, "a1", "x");
        }

        string id = await PublishAsync(Stranger, "a1", "mine");
        Assert.Matches("-1\\.[a-z0-9]{6}$", id);
    }

    [Fact]
    public async Task A_limit_that_another_has_reached_limits_nobody_else()
    {
        string busy = $"busy-{Guid.NewGuid():N}";
        var statuses = new List<int>();
        for (int i = 0; i < 4; i++)
        {
            statuses.Add(await LeaseAsync(busy, $"a{i}"));
        }

        Assert.Equal([200, 200, 200, 429], statuses);
        Assert.Equal(200, await LeaseAsync(Stranger, "a4"));
        Assert.Equal(429, await LeaseAsync(busy, "a5"));
    }

    private async Task<int> LeaseAsync(string tenant, string agent)
    {
        using HttpClient http = doors.System.CreateClient(doors.Token(tenant: tenant));
        using HttpResponseMessage answer = await http.PostAsync(
            "/v1/leases", Json($$"""{"agent":"{{agent}}","holder":"r","epoch":1,"ttl_ms":30000}"""));
        return (int)answer.StatusCode;
    }

    private async Task<string> PublishAsync(string tenant, string agent, string text)
    {
        using HttpClient http = doors.System.CreateClient(doors.Token(tenant: tenant));
        using HttpResponseMessage answer = await http.PostAsync(
            "/v1/events", Json($$"""{"channel":"agents","type":"x","agent":"{{agent}}","payload":"{{text}}"}"""));
        using JsonDocument body = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
        return body.RootElement.GetProperty("results")[0].GetProperty("id").GetString()!;
    }

    private static StringContent Json(string text) => new(text, System.Text.Encoding.UTF8, "application/json");
}

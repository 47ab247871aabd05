using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Realtime.Hosting.Identity;
using Realtime.Log.Memory;

namespace Realtime.Tests.Workers.Tickets;

/// <summary>
/// Tickets at a worker: what they are made for, and that they open nothing twice or for anybody else.
/// </summary>
public sealed class TicketTests
{
    private const string Origin = "https://app.example.org";

    [Fact]
    public async Task A_ticket_carries_the_identity_once()
    {
        await using RunningWorker worker = await RunningWorker.StartAsync();
        Answer issued = await IssueAsync(worker, """{"lifetime_ms":60000}""");

        Assert.Equal(201, issued.Status);
        string ticket = issued.Json.GetProperty("ticket").GetString()!;
        Assert.Matches("^tk_[A-Za-z0-9_-]{43}$", ticket);
        Assert.Equal("read:* publish:*", issued.Json.GetProperty("scope").GetString());
        long left = issued.Json.GetProperty("expires_at").GetInt64()
            - TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        Assert.InRange(left, 40_000, 60_000);
        Assert.Equal("no-store", issued.Headers["Cache-Control"]);

        Answer first = await RedeemAsync(worker, ticket);
        Answer second = await RedeemAsync(worker, ticket);

        Assert.Equal(200, first.Status);
        Assert.Equal(
            ("acme", "someone", "read:* publish:*"),
            (Text(first, "tenant"), Text(first, "subject"), Text(first, "scope")));
        Assert.InRange(first.Json.GetProperty("token_left_ms").GetInt64(), 3_500_000, 3_600_000);
        second.AssertProblem(401, "bad_ticket");
    }

    [Theory]
    [InlineData("read:* publish:*", "read:agents/a1", "read:agents/a1")]
    [InlineData("read:agents/a1 read:agents/b* publish:*", "read:agents/*", "read:agents/a1 read:agents/b*")]
    [InlineData("read:agents/a* admin", "read:agents/a1 read:tasks/t1 publish:* admin", "read:agents/a1 admin")]
    [InlineData("read:terminal/t*", "read:*", "read:terminal/t*")]
    [InlineData("read:*", "read:terminal/t1 others", "read:terminal/t1")]
    public async Task A_ticket_allows_what_was_asked_and_the_token_allows(string held, string asked, string expected)
    {
        await using RunningWorker worker = await RunningWorker.StartAsync();
        Answer issued = await IssueAsync(worker, JsonSerializer.Serialize(new { scope = asked }), held);

        Assert.Equal(201, issued.Status);
        Assert.Equal(expected, Text(issued, "scope"));
        Assert.Equal(expected, Text(await RedeemAsync(worker, Text(issued, "ticket")), "scope"));
    }

    [Theory]
    [InlineData("read:agents/a1", "read:agents/b1")]
    [InlineData("read:agents/a1", "read:tasks/a1")]
    [InlineData("read:agents/a1", "publish:agents/a1")]
    [InlineData("read:agents/a1", "")]
    [InlineData("", null)]
    public async Task Where_nothing_is_left_to_allow_there_is_no_ticket(string held, string? asked)
    {
        await using RunningWorker worker = await RunningWorker.StartAsync();

        (await IssueAsync(worker, asked is null ? "" : JsonSerializer.Serialize(new { scope = asked }), held))
            .AssertProblem(403, "forbidden");
    }

    [Theory]
    [InlineData(null, Origin, Origin, true)]
    [InlineData(null, Origin, "https://evil.example.org", false)]
    [InlineData(null, Origin, null, false)]
    [InlineData(Origin, null, Origin, true)]
    [InlineData("https://backend.example.org", Origin, Origin, true)]
    [InlineData("https://backend.example.org", Origin, "https://backend.example.org", false)]
    [InlineData(null, null, Origin, true)]
    [InlineData(null, null, null, true)]
    public async Task A_ticket_of_an_origin_is_for_that_origin_alone(
        string? header, string? body, string? redeemedFrom, bool isGood)
    {
        await using RunningWorker worker = await RunningWorker.StartAsync();
        Answer issued = await IssueAsync(
            worker, body is null ? "" : JsonSerializer.Serialize(new { origin = body }), origin: header);

        Answer redeemed = await RedeemAsync(worker, Text(issued, "ticket"), redeemedFrom);

        Assert.Equal(isGood ? 200 : 401, redeemed.Status);

        // Tried by whoever, it is used up.
        (await RedeemAsync(worker, Text(issued, "ticket"), Origin)).AssertProblem(401, "bad_ticket");
    }

    [Fact]
    public async Task A_ticket_ends_with_the_token_at_the_latest()
    {
        await using RunningWorker worker = await RunningWorker.StartAsync();
        Answer brief = await IssueAsync(worker, """{"lifetime_ms":300000}""", lifetime: TimeSpan.FromSeconds(20));
        Answer over = await IssueAsync(worker, "", lifetime: TimeSpan.FromSeconds(-1));

        long left = brief.Json.GetProperty("expires_at").GetInt64()
            - TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        Assert.InRange(left, 1, 20_000);
        Assert.InRange(
            (await RedeemAsync(worker, Text(brief, "ticket"))).Json.GetProperty("token_left_ms").GetInt64(), 1, 20_000);
        over.AssertProblem(401, "token_expired");
    }

    [Theory]
    [InlineData("[]", "")]
    [InlineData("{", "")]
    [InlineData("""{"lifetime_ms":999}""", "/lifetime_ms")]
    [InlineData("""{"lifetime_ms":300001}""", "/lifetime_ms")]
    [InlineData("""{"lifetime_ms":"30s"}""", "/lifetime_ms")]
    [InlineData("""{"origin":"app.example.org"}""", "/origin")]
    [InlineData("""{"origin":"https://app.example.org/path"}""", "/origin")]
    [InlineData("""{"origin":"https://user@app.example.org"}""", "/origin")]
    [InlineData("""{"origin":7}""", "/origin")]
    [InlineData("""{"scope":["read:*"]}""", "/scope")]
    [InlineData("""{"scope":"\ud800"}""", "/scope")]
    public async Task What_is_wrong_with_a_request_is_told_by_its_place(string body, string place)
    {
        await using RunningWorker worker = await RunningWorker.StartAsync();
        Answer answer = await IssueAsync(worker, body);

        answer.AssertProblem(400, "bad_request");
        Assert.Equal([place], answer.Places);
    }

    [Fact]
    public async Task Too_much_and_too_many_are_refused()
    {
        await using RunningWorker worker = await RunningWorker.StartAsync(
            null, "--connection_plane:tickets:outstanding_max", "2");
        (await IssueAsync(worker, $$"""{"scope":"{{new string('x', 40_000)}}"}""")).AssertProblem(413, "too_large");
        string first = Text(await IssueAsync(worker, ""), "ticket");
        Assert.Equal(201, (await IssueAsync(worker, "")).Status);
        Answer third = await IssueAsync(worker, "");
        third.AssertProblem(429, "rate_limited");
        Assert.Equal("1", third.Headers["Retry-After"]);

        Assert.Equal(200, (await RedeemAsync(worker, first)).Status);
        Assert.Equal(201, (await IssueAsync(worker, "")).Status);
    }

    [Fact]
    public async Task Who_has_too_many_made_waits_and_neither_others_nor_its_own_producers_do()
    {
        await using RunningWorker worker = await RunningWorker.StartAsync(
            null, "--event_plane:budgets:tickets_per_second", "2");
        Answer? refused = null;
        await Support.Eventually.TrueAsync("the rate is used up", async () =>
        {
            Answer asked = await IssueAsync(worker, "");
            refused = asked.Status == 201 ? null : asked;
            return refused is not null;
        });

        refused!.AssertProblem(429, "rate_limited");
        Assert.InRange(int.Parse(refused.Headers["Retry-After"]), 1, 10);
        using var others = new HttpRequestMessage(HttpMethod.Post, "/v1/tickets");
        Answer other = await Answer.ReadAsync(await worker.SendAsync(others, RunningWorker.Stamp("other")));
        Assert.Equal(201, other.Status);
        Assert.Equal(202, (await worker.PostAsync(
            "/v1/events", """{"channel":"agents","type":"x","agent":"a1","payload":1}""")).Status);
    }

    [Fact]
    public async Task While_the_log_is_away_there_are_no_tickets_and_none_is_good()
    {
        await using MemoryLog memory = RunningWorker.NewLog();
        var log = new FaultyLog(memory);
        await using RunningWorker worker = await RunningWorker.StartAsync(log);
        string ticket = Text(await IssueAsync(worker, ""), "ticket");
        log.Tickets = new AwayTickets();

        Answer issued = await IssueAsync(worker, "");
        Answer redeemed = await RedeemAsync(worker, ticket);

        issued.AssertProblem(503, "log_unavailable");
        redeemed.AssertProblem(503, "log_unavailable");
        Assert.Equal("1", issued.Headers["Retry-After"]);
    }

    [Fact]
    public async Task A_ticket_whose_subject_was_revoked_meanwhile_opens_nothing()
    {
        await using RunningWorker worker = await RunningWorker.StartAsync();
        string ticket = Text(await IssueAsync(worker, ""), "ticket");
        Answer revoked = await worker.OperateAsync(
            HttpMethod.Post, "/internal/revocations?tenant=acme&subject=someone&reason=test");
        Assert.Equal(200, revoked.Status);

        (await RedeemAsync(worker, ticket)).AssertProblem(401, "bad_ticket");
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("""{"ticket":7}""")]
    [InlineData("nonsense")]
    public async Task An_edge_that_asks_nonsense_is_told_so(string body)
    {
        await using RunningWorker worker = await RunningWorker.StartAsync();

        (await RedeemBodyAsync(worker, body)).AssertProblem(400, "bad_request");
    }

    [Fact]
    public async Task A_stamp_of_another_body_redeems_nothing()
    {
        await using RunningWorker worker = await RunningWorker.StartAsync();
        string ticket = Text(await IssueAsync(worker, ""), "ticket");
        string body = Body(ticket, null);

        (await RedeemBodyAsync(worker, body, signed: Body(ticket, Origin))).AssertProblem(400, "bad_request");

        Assert.Equal(200, (await RedeemBodyAsync(worker, body, signed: body)).Status);
    }

    [Fact]
    public async Task Tickets_are_redeemed_more_often_than_orders_are_remembered()
    {
        await using RunningWorker worker = await RunningWorker.StartAsync();
        string stamp = RunningWorker.OperatorStamp(HttpMethod.Post, RedeemPath);
        for (int i = 0; i < 3; i++)
        {
            string ticket = Text(await IssueAsync(worker, ""), "ticket");
            Assert.Equal(200, (await RedeemBodyAsync(worker, Body(ticket, null), stamp)).Status);
        }
    }

    private const string RedeemPath = "/internal/tickets/redeem";

    private static async Task<Answer> IssueAsync(
        RunningWorker worker, string body, string scope = RunningWorker.Everything, string? origin = null,
        TimeSpan? lifetime = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/tickets");
        if (body.Length > 0)
        {
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        }

        if (origin is not null)
        {
            request.Headers.Add("Origin", origin);
        }

        return await Answer.ReadAsync(
            await worker.SendAsync(request, RunningWorker.Stamp(scope: scope, lifetime: lifetime)));
    }

    private static Task<Answer> RedeemAsync(RunningWorker worker, string ticket, string? origin = null) =>
        RedeemBodyAsync(worker, Body(ticket, origin));

    private static string Body(string ticket, string? origin) => JsonSerializer.Serialize(new { ticket, origin });

    private static async Task<Answer> RedeemBodyAsync(
        RunningWorker worker, string body, string? stamp = null, string? signed = null)
    {
        string path = signed is null
            ? RedeemPath
            : RedeemPath + OperatorStamp.QueryOf(Encoding.UTF8.GetBytes(signed));
        using var request = new HttpRequestMessage(HttpMethod.Post, path);
        request.Content = new StringContent(body, MediaTypeHeaderValue.Parse("application/json"));
        request.Headers.Add(
            OperatorStamp.Header, stamp ?? RunningWorker.OperatorStamp(HttpMethod.Post, path));
        return await Answer.ReadAsync(await worker.SendAsync(request, stamp: null));
    }

    private static string Text(Answer answer, string name) => answer.Json.GetProperty(name).GetString()!;
}

using System.Net;
using System.Text;
using Realtime.Hosting.Identity;
using Realtime.Tests.Support;

namespace Realtime.Tests.Edge;

/// <summary>Whom an edge asks about a ticket, and when it asks nobody else.</summary>
public sealed class TicketRedeemerTests : IAsyncLifetime
{
    private const string Redeem = "POST /internal/tickets/redeem";

    private static readonly string Ticket = "tk_" + new string('g', 43);

    private static readonly (int Status, string Json) Good = (200, """
        {"tenant":"acme","subject":"ann","scope":"read:*","token_id":"7f","issued_at":1795230320,
        "token_left_ms":60000}
        """);

    private readonly List<FakeWorker> _workers = [];
    private EdgeUnderTest _edge = null!;

    public async Task InitializeAsync()
    {
        _workers.Add(await FakeWorker.StartAsync("w1"));
        _workers.Add(await FakeWorker.StartAsync("w2"));
        _edge = await EdgeUnderTest.StartAsync([.. _workers.Select(worker => (worker.Id, worker.Address))]);
    }

    public async Task DisposeAsync()
    {
        await _edge.DisposeAsync();
        foreach (FakeWorker worker in _workers)
        {
            await worker.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_worker_says_whose_it_is_and_the_edge_believes_it_until_the_token_ends()
    {
        AllAnswer(Good);
        using HttpResponseMessage answer = await _edge.GetAsync($"/v1/events?ticket={Ticket}");

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        string signed = OperatorStamp.QueryOf(Encoding.UTF8.GetBytes($$"""{"ticket":"{{Ticket}}","origin":null}"""));
        Assert.Equal([$"{Redeem}{signed} by edge-1"], Orders);
        SeenRequest seen = Assert.Single(_workers.SelectMany(worker => worker.Seen));
        Assert.True(new IdentityStamp(
            new IdentityStampOptions { InternalKeys = [EdgeUnderTest.InternalKey] }, TimeProvider.System)
            .TryVerify(seen.Headers[IdentityStamp.Header], out Identity? identity));
        Assert.Equal(
            ("acme", "ann", "read:*", "7f", 1_795_230_320L),
            (identity.Tenant, identity.Subject, identity.Grants.Scope, identity.TokenId,
                identity.IssuedAt!.Value.ToUnixTimeSeconds()));
        Assert.InRange(
            identity.ExpiresAt - TimeProvider.System.GetUtcNow(), TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(60));
    }

    [Theory]
    [InlineData(401, "bad_ticket", 401, "bad_ticket", 1)]
    [InlineData(503, "log_unavailable", 503, "log_unavailable", 1)]
    [InlineData(500, "internal", 503, "log_unavailable", 1)]
    [InlineData(401, "unauthorized", 503, "no_worker", 2)]
    [InlineData(404, "not_found", 503, "no_worker", 2)]
    public async Task Who_may_have_used_it_up_is_asked_alone_and_who_did_nothing_is_followed_by_the_next(
        int status, string code, int expectedStatus, string expectedCode, int asked)
    {
        AllAnswer((status, $$"""{"status":{{status}},"code":"{{code}}"}"""));
        using HttpResponseMessage answer = await _edge.GetAsync($"/v1/events?ticket={Ticket}");

        await ProblemAssert.IsAsync(expectedStatus, expectedCode, answer);
        Assert.Equal(asked, Orders.Length);
        Assert.Empty(_workers.SelectMany(worker => worker.Seen));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("nonsense")]
    [InlineData("""{"tenant":"a/b","subject":"s","scope":"","token_id":null,"issued_at":null,"token_left_ms":1}""")]
    [InlineData("""{"tenant":"a","subject":"s","scope":"","token_id":7,"issued_at":null,"token_left_ms":1}""")]
    [InlineData("""{"tenant":"a","subject":"s","scope":"","token_id":null,"issued_at":1e99,"token_left_ms":1}""")]
    public async Task A_word_that_cannot_be_read_opens_nothing(string json)
    {
        AllAnswer((200, json));
        using HttpResponseMessage answer = await _edge.GetAsync($"/v1/events?ticket={Ticket}");

        await ProblemAssert.IsAsync(401, "bad_ticket", answer);
        Assert.Single(Orders);
    }

    [Fact]
    public async Task A_worker_that_is_gone_is_followed_by_the_next()
    {
        await _workers[0].DisposeAsync();
        _workers[1].Answers[Redeem] = Good;
        for (int i = 0; i < 4; i++)
        {
            using HttpResponseMessage answer = await _edge.GetAsync($"/v1/events?ticket={Ticket}");
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }
    }

    [Fact]
    public async Task Made_up_tickets_keep_so_many_workers_busy_and_no_more()
    {
        AllAnswer(Good);
        var held = new TaskCompletionSource();
        _workers.ForEach(worker => worker.HoldsOrders = () => held.Task);
        await using EdgeUnderTest edge = await EdgeUnderTest.StartAsync(
            [.. _workers.Select(worker => (worker.Id, worker.Address))],
            ("connection_plane:edge:limits:redeems_at_once_max", "1"));
        using var sums = new MetricSums(edge);
        Task<HttpResponseMessage> first = edge.GetAsync($"/v1/events?ticket={Ticket}");
        await Eventually.TrueAsync("a worker is asked", () => Orders.Length == 1);

        using (HttpResponseMessage second = await edge.GetAsync($"/v1/events?ticket={Ticket}"))
        {
            await ProblemAssert.IsAsync(429, "rate_limited", second);
            Assert.NotNull(second.Headers.RetryAfter);
        }

        Assert.Equal(1, sums["realtime_edge_refused_total stage=auth,reason=ticket_rate"]);
        Assert.Single(Orders);
        held.SetResult();
        using HttpResponseMessage good = await first;
        Assert.Equal(HttpStatusCode.OK, good.StatusCode);
        using HttpResponseMessage again = await edge.GetAsync($"/v1/events?ticket={Ticket}");
        Assert.Equal(HttpStatusCode.OK, again.StatusCode);
    }

    [Fact]
    public async Task An_origin_that_no_ticket_can_be_bound_to_asks_nobody()
    {
        AllAnswer(Good);
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/v1/events?ticket={Ticket}");
        request.Headers.Add("Origin", $"https://{new string('a', 250)}.example.org");
        using HttpResponseMessage answer = await _edge.Client.SendAsync(request);

        await ProblemAssert.IsAsync(401, "bad_ticket", answer);
        Assert.Empty(Orders);
    }

    [Fact]
    public async Task A_ticket_makes_no_ticket()
    {
        AllAnswer(Good);
        using HttpResponseMessage answer = await _edge.SendAsync(HttpMethod.Post, $"/v1/tickets?ticket={Ticket}");

        await ProblemAssert.IsAsync(401, "bad_ticket", answer);
        Assert.Contains("makes no ticket", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Empty(Orders);
    }

    private string[] Orders => [.. _workers.SelectMany(worker => worker.Orders)];

    private void AllAnswer((int Status, string Json) answer) =>
        _workers.ForEach(worker => worker.Answers[Redeem] = answer);
}

using System.Net;
using System.Net.WebSockets;
using Microsoft.Extensions.DependencyInjection;
using Realtime.Edge.Auth;
using Realtime.Hosting.Identity;

namespace Realtime.Tests.Edge;

/// <summary>A ticket opens the door in a token's place, by the word of whoever redeems it.</summary>
public sealed class TicketDoorTests : IAsyncLifetime
{
    private static readonly string Good = "tk_" + new string('g', 43);
    private static readonly string Bad = "tk_" + new string('b', 43);
    private static readonly string WithoutLog = "tk_" + new string('l', 43);
    private static readonly string WithoutWorker = "tk_" + new string('w', 43);

    private readonly Redeemer _redeemer = new();
    private FakeWorker _worker = null!;
    private EdgeUnderTest _edge = null!;

    public async Task InitializeAsync()
    {
        _worker = await FakeWorker.StartAsync("w1");
        _edge = await EdgeUnderTest.StartAsync(
            [(_worker.Id, _worker.Address)], services => services.AddSingleton<ITicketRedeemer>(_redeemer),
            ("connection_plane:edge:allowed_origins:0", "https://app.example.org"));
    }

    public async Task DisposeAsync()
    {
        await _edge.DisposeAsync();
        await _worker.DisposeAsync();
    }

    [Fact]
    public async Task A_good_ticket_is_forwarded_as_whose_it_was_and_no_worker_sees_it()
    {
        using HttpResponseMessage answer = await _edge.GetAsync($"/v1/events?a=1&ticket={Good}");
        ClientWebSocket socket = await _edge.ConnectAsync(
            $"/ws/agents?ticket={Good}", null,
            configure: options => options.SetRequestHeader("Origin", "https://app.example.org"));

        Assert.Equal((HttpStatusCode.OK, WebSocketState.Open), (answer.StatusCode, socket.State));
        Assert.Equal(["/v1/events?a=1", "/ws/agents"], _worker.Seen.Select(request => request.PathAndQuery));
        IdentityStamp stamp = _edge.Services.GetRequiredService<IdentityStamp>();
        foreach (SeenRequest request in _worker.Seen)
        {
            Assert.True(stamp.TryVerify(request.Headers[IdentityStamp.Header], out Identity? identity));
            Assert.Equal(("acme", "ann", "edge-1"), (identity.Tenant, identity.Subject, identity.EdgeId));
            Assert.NotNull(identity.ConnectionId);
        }

        Assert.Equal([(Good, null), (Good, "https://app.example.org")], _redeemer.Asked);
    }

    [Theory]
    [InlineData("bad", 401, "bad_ticket", "bad_ticket")]
    [InlineData("without log", 503, "log_unavailable", "ticket_unavailable")]
    [InlineData("without worker", 503, "no_worker", "ticket_unavailable")]
    public async Task A_ticket_that_is_not_redeemed_says_why(string kind, int status, string code, string reason)
    {
        string ticket = kind == "bad" ? Bad : kind == "without log" ? WithoutLog : WithoutWorker;
        using var sums = new MetricSums(_edge);
        using HttpResponseMessage answer = await _edge.GetAsync($"/v1/events?ticket={ticket}");

        await ProblemAssert.IsAsync(status, code, answer);
        Assert.Equal(status == 401, answer.Headers.WwwAuthenticate.Count == 1);
        Assert.Equal(status == 503, answer.Headers.RetryAfter is not null);
        Assert.Equal(1, sums[$"realtime_edge_refused_total stage=auth,reason={reason}"]);
        Assert.Empty(_worker.Seen);
    }

    [Theory]
    [InlineData("tk_")]
    [InlineData("x")]
    [InlineData("TK_ggggggggggggggggggggggggggggggggggggggggggg")]
    [InlineData("tk_ggggggggggggggggggggggggggggggggggggggggggg%2F")]
    [InlineData("tk_gggggggggggggggggggggggggggggggggggggggggg%2F")]
    [InlineData("tk_gggggggggggggggggggggggggggggggggggggggggg%C3%A9")]
    public async Task What_has_not_the_form_of_a_ticket_asks_nobody(string ticket)
    {
        using HttpResponseMessage answer = await _edge.GetAsync($"/v1/events?ticket={ticket}");

        await ProblemAssert.IsAsync(401, "bad_ticket", answer);
        Assert.Empty(_redeemer.Asked);
    }

    [Fact]
    public async Task A_token_and_a_ticket_together_are_refused_and_neither_is_used()
    {
        using HttpResponseMessage answer = await _edge.GetAsync($"/v1/events?ticket={Good}", EdgeUnderTest.Token());

        await ProblemAssert.IsAsync(400, "bad_request", answer);
        Assert.Empty(_redeemer.Asked);
    }

    [Fact]
    public async Task An_edge_that_knows_no_tickets_refuses_them()
    {
        await using EdgeUnderTest edge = await EdgeUnderTest.StartAsync(
            [(_worker.Id, _worker.Address)],
            services => Microsoft.Extensions.DependencyInjection.Extensions.ServiceCollectionDescriptorExtensions
                .RemoveAll<ITicketRedeemer>(services));
        using HttpResponseMessage answer = await edge.GetAsync($"/v1/events?ticket={Good}");

        await ProblemAssert.IsAsync(401, "bad_ticket", answer);
    }

    private sealed class Redeemer : ITicketRedeemer
    {
        public List<(string Ticket, string? Origin)> Asked { get; } = [];

        public ValueTask<TicketRedemption> RedeemAsync(
            string ticket, string? origin, CancellationToken requestAborted)
        {
            Asked.Add((ticket, origin));
            return ValueTask.FromResult(ticket[3] switch
            {
                'g' => new TicketRedemption(new Identity
                {
                    Tenant = "acme",
                    Subject = "ann",
                    Grants = Grants.Parse("read:*"),
                    ExpiresAt = TimeProvider.System.GetUtcNow() + TimeSpan.FromMinutes(5),
                }),
                'l' => new TicketRedemption(TicketFailure.LogUnavailable),
                'w' => new TicketRedemption(TicketFailure.NoWorker),
                _ => new TicketRedemption(TicketFailure.Bad),
            });
        }
    }
}

using System.Net;
using System.Net.WebSockets;
using Microsoft.Extensions.DependencyInjection;
using Realtime.Hosting.Identity;

namespace Realtime.Tests.Edge;

/// <summary>Who gets in, by which of the three places, and what a worker sees of it.</summary>
public sealed class AuthenticationTests : IAsyncLifetime
{
    private FakeWorker _worker = null!;
    private EdgeUnderTest _edge = null!;

    public async Task InitializeAsync()
    {
        _worker = await FakeWorker.StartAsync("w1");
        _edge = await EdgeUnderTest.StartAsync([_worker]);
    }

    public async Task DisposeAsync()
    {
        await _edge.DisposeAsync();
        await _worker.DisposeAsync();
    }

    public static TheoryData<string, string?, int, string> BadTokens => new()
    {
        { "missing", null, 401, "unauthorized" },
        { "no token at all", "not-a-token", 401, "unauthorized" },
        { "expired", TestTokens.Make(expiresIn: -3600), 401, "token_expired" },
        { "of another key", TestTokens.Make(key: "another-key-that-has-32-bytes-or-more"), 401, "unauthorized" },
        { "for another audience", TestTokens.Make(audience: "others"), 401, "unauthorized" },
        { "not yet valid", TestTokens.Make(validFrom: 3600), 401, "unauthorized" },
        { "without a signature", TestTokens.Make(algorithm: "none"), 401, "unauthorized" },
        { "of a tenant that is no name", TestTokens.Make(tenant: "../etc"), 403, "bad_tenant" },
    };

    [Theory]
    [MemberData(nameof(BadTokens))]
    public async Task A_request_with_a_bad_token_is_refused_by_a_problem_document(
        string kind, string? token, int status, string code)
    {
        using HttpResponseMessage answer = await _edge.GetAsync("/v1/events", token);

        await ProblemAssert.IsAsync(status, code, answer);
        Assert.Equal(status == 401, answer.Headers.WwwAuthenticate.Count == 1);
        Assert.True(_worker.Seen.IsEmpty, kind);
    }

    [Theory]
    [MemberData(nameof(BadTokens))]
    public async Task A_WebSocket_with_a_bad_token_is_refused_before_it_opens(
        string kind, string? token, int status, string code)
    {
        foreach (bool overHttp2 in new[] { false, true })
        {
            ClientWebSocket socket = await _edge.ConnectAsync("/ws/agents", token, overHttp2);

            Assert.Equal((HttpStatusCode)status, socket.HttpStatusCode);
            Assert.NotEqual(WebSocketState.Open, socket.State);
        }

        Assert.True(_worker.Seen.IsEmpty, $"{kind} {code}");
    }

    [Fact]
    public async Task The_scheme_alone_is_told_to_who_sent_no_token_and_the_kind_of_failure_to_who_sent_a_bad_one()
    {
        using HttpResponseMessage missing = await _edge.GetAsync("/v1/events");
        using HttpResponseMessage expired = await _edge.GetAsync("/v1/events", TestTokens.Make(expiresIn: -3600));

        Assert.Equal("Bearer realm=\"realtime\"", missing.Headers.WwwAuthenticate.ToString());
        Assert.StartsWith(
            "Bearer realm=\"realtime\", error=\"invalid_token\", error_description=\"",
            expired.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
        Assert.Contains("expired", expired.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_worker_sees_a_stamp_and_no_token_whichever_place_it_came_by()
    {
        string token = EdgeUnderTest.Token();
        using HttpResponseMessage byHeader = await _edge.GetAsync("/v1/a?x=%2F1", token);
        using HttpResponseMessage byQuery = await _edge.GetAsync($"/v1/b?x=1&access_token={token}&y=a+b%20c");
        using HttpResponseMessage byQueryAlone = await _edge.GetAsync($"/v1/c?Access%5Ftoken={token}");
        ClientWebSocket bySubprotocol = await _edge.ConnectAsync("/ws/agents", null, configure: options =>
        {
            options.AddSubProtocol("realtime.v1.json");
            options.AddSubProtocol($"bearer.{token}");
        });

        Assert.Equal(HttpStatusCode.OK, byHeader.StatusCode);
        Assert.Equal(HttpStatusCode.OK, byQuery.StatusCode);
        Assert.Equal(HttpStatusCode.OK, byQueryAlone.StatusCode);
        Assert.Equal("realtime.v1.json", bySubprotocol.SubProtocol);
        Assert.Equal(
            ["/v1/a?x=%2F1", "/v1/b?x=1&y=a+b%20c", "/v1/c", "/ws/agents"],
            _worker.Seen.Select(request => request.PathAndQuery));
        Assert.Equal("realtime.v1.json", _worker.Seen.Last().Headers["Sec-WebSocket-Protocol"]);
        IdentityStamp stamp = _edge.Services.GetRequiredService<IdentityStamp>();
        foreach (SeenRequest request in _worker.Seen)
        {
            Assert.DoesNotContain(request.Headers, header => header.Value.Contains(token, StringComparison.Ordinal));
            Assert.False(request.Headers.ContainsKey("Authorization"));
            Assert.True(stamp.TryVerify(request.Headers[IdentityStamp.Header], out Identity? identity));
            Assert.Equal(("acme", "ann", "edge-1"), (identity.Tenant, identity.Subject, identity.EdgeId));
            Assert.NotEmpty(identity.ConnectionId!);
        }
    }

    [Fact]
    public async Task The_token_may_also_be_in_two_places_but_two_different_tokens_are_refused()
    {
        string token = EdgeUnderTest.Token();
        using HttpResponseMessage same = await _edge.GetAsync($"/v1/events?access_token={token}", token);
        using HttpResponseMessage other = await _edge.GetAsync(
            $"/v1/events?access_token={EdgeUnderTest.Token(subject: "bob")}", token);

        Assert.Equal(HttpStatusCode.OK, same.StatusCode);
        await ProblemAssert.IsAsync(400, "bad_request", other);
    }

    [Fact]
    public async Task Headers_by_which_a_client_could_pass_for_an_edge_or_a_proxy_are_replaced()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/events");
        request.Headers.Add("Authorization", $"Bearer {EdgeUnderTest.Token()}");
        request.Headers.Add("Realtime-Identity", "forged");
        request.Headers.Add("realtime-anything", "forged");
        request.Headers.Add("X-Forwarded-For", "6.6.6.6");
        request.Headers.Add("X-Forwarded-User", "root");
        request.Headers.Add("Forwarded", "for=6.6.6.6");
        request.Headers.Add("X-Real-IP", "6.6.6.6");
        request.Headers.Add("X-Other", "kept");
        using HttpResponseMessage answer = await _edge.Client.SendAsync(request);

        SeenRequest seen = Assert.Single(_worker.Seen);
        Assert.DoesNotContain(seen.Headers.Values, value => value is "forged" or "root" || value.Contains("6.6.6.6"));
        Assert.Equal("127.0.0.1", seen.Headers["X-Forwarded-For"]);
        Assert.Equal("https", seen.Headers["X-Forwarded-Proto"]);
        Assert.Equal("kept", seen.Headers["X-Other"]);
    }

    [Fact]
    public async Task No_token_is_in_any_log_at_any_level()
    {
        string token = EdgeUnderTest.Token();
        string bad = TestTokens.Make(key: "another-key-that-has-32-bytes-or-more");
        await _edge.GetAsync("/v1/a", token);
        await _edge.GetAsync($"/v1/b?access_token={token}");
        await _edge.GetAsync($"/nowhere?access_token={token}");
        await _edge.GetAsync($"/v1/c?access_token={bad}");
        await _edge.ConnectAsync($"/ws/agents?access_token={token}", null, overHttp2: true);
        await _edge.ConnectAsync("/ws/agents", null, configure: options => options.AddSubProtocol($"bearer.{token}"));

        Assert.Contains(
            _edge.Logs.Lines, line => line.StartsWith("Debug Microsoft.AspNetCore", StringComparison.Ordinal));
        Assert.DoesNotContain(_edge.Logs.Lines, line => line.Contains(token) || line.Contains(bad));
    }

    [Fact]
    public async Task What_is_not_forwarded_needs_no_token_and_unknown_paths_are_problems_too()
    {
        using HttpResponseMessage health = await _edge.GetAsync("/healthz");
        using HttpResponseMessage nowhere = await _edge.GetAsync("/nowhere");
        using HttpResponseMessage method = await _edge.SendAsync(HttpMethod.Post, "/healthz");

        Assert.Equal(HttpStatusCode.OK, health.StatusCode);
        await ProblemAssert.IsAsync(404, "not_found", nowhere);
        await ProblemAssert.IsAsync(405, "method_not_allowed", method);
    }
}

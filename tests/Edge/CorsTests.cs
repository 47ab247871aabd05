using System.Net;
using Realtime.Edge.Origins;
using Realtime.Hosting.Configuration;

namespace Realtime.Tests.Edge;

/// <summary>Pages of other origins get in as far as configured, by the Fetch standard's rules.</summary>
public sealed class CorsTests : IAsyncLifetime
{
    private const string App = "https://app.example.org";

    private FakeWorker _worker = null!;
    private EdgeUnderTest _edge = null!;

    public async Task InitializeAsync()
    {
        _worker = await FakeWorker.StartAsync("w1");
        _edge = await StartAsync("HTTPS://App.Example.org:443/", "http://localhost:5173");
    }

    public async Task DisposeAsync()
    {
        await _edge.DisposeAsync();
        await _worker.DisposeAsync();
    }

    [Theory]
    [InlineData("/v1/events", "POST", "authorization,content-type")]
    [InlineData("/v1/tasks/t1/terminal", "GET", "authorization")]
    [InlineData("/sse/agents", "GET", "authorization,last-event-id")]
    [InlineData("/ws/agents", "GET", "authorization")]
    public async Task What_a_browser_asks_first_is_answered_without_a_token(string path, string method, string headers)
    {
        using HttpResponseMessage answer = await PreflightAsync(_edge, path, App, method, headers);

        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
        Assert.Equal(App, Header(answer, "Access-Control-Allow-Origin"));
        Assert.Contains(method, Header(answer, "Access-Control-Allow-Methods")!.Split(','));
        Assert.Superset(
            headers.Split(',').ToHashSet(),
            Header(answer, "Access-Control-Allow-Headers")!.ToLowerInvariant().Split(',').ToHashSet());
        Assert.Equal("600", Header(answer, "Access-Control-Max-Age"));
        Assert.Null(Header(answer, "Access-Control-Allow-Credentials"));
        Assert.Empty(_worker.Seen);
    }

    [Fact]
    public async Task Answers_may_be_read_with_the_headers_that_clients_need()
    {
        using HttpResponseMessage answer = await SendAsync(_edge, HttpMethod.Get, "/v1/events", App, token: true);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(App, Header(answer, "Access-Control-Allow-Origin"));
        Assert.Equal("Origin", Header(answer, "Vary"));
        Assert.Equal(
            "Retry-After,Realtime-Epoch,Realtime-Offset,Realtime-End,Realtime-Exit-Code",
            Header(answer, "Access-Control-Expose-Headers"));
    }

    [Fact]
    public async Task The_headers_of_a_worker_s_answer_come_through()
    {
        _worker.Headers["Realtime-Epoch"] = "k3x9qa";
        _worker.Headers["Realtime-Exit-Code"] = "0";
        using HttpResponseMessage answer = await SendAsync(
            _edge, HttpMethod.Get, "/v1/tasks/t1/terminal", App, token: true);

        Assert.Equal("k3x9qa", Header(answer, "Realtime-Epoch"));
        Assert.Equal("0", Header(answer, "Realtime-Exit-Code"));
    }

    [Theory]
    [InlineData("/v1/events")]
    [InlineData("/sse/agents")]
    [InlineData("/ws/agents")]
    public async Task Refusals_may_be_read_too(string path)
    {
        using HttpResponseMessage answer = await SendAsync(_edge, HttpMethod.Get, path, App, token: false);

        await ProblemAssert.IsAsync(401, "unauthorized", answer);
        Assert.Equal(App, Header(answer, "Access-Control-Allow-Origin"));
    }

    [Fact]
    public async Task A_worker_that_is_gone_is_told_in_a_way_that_may_be_read()
    {
        await _worker.StopAsync();
        using HttpResponseMessage answer = await SendAsync(_edge, HttpMethod.Get, "/v1/events", App, token: true);

        await ProblemAssert.IsAsync(503, "no_worker", answer);
        Assert.Equal(App, Header(answer, "Access-Control-Allow-Origin"));
        Assert.Contains("Retry-After", Header(answer, "Access-Control-Expose-Headers"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://evil.example.org")]
    [InlineData("http://app.example.org")]
    [InlineData("https://app.example.org:8443")]
    [InlineData("https://app.example.org.evil.org")]
    [InlineData("null")]
    public async Task Others_are_not_named(string origin)
    {
        using HttpResponseMessage asked = await PreflightAsync(_edge, "/v1/events", origin, "POST", "authorization");
        using HttpResponseMessage answer = await SendAsync(_edge, HttpMethod.Get, "/v1/events", origin, token: true);

        Assert.Null(Header(asked, "Access-Control-Allow-Origin"));
        Assert.Null(Header(answer, "Access-Control-Allow-Origin"));
        Assert.DoesNotContain(_edge.Logs.Lines, line => line.Contains(origin, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Nobody_is_by_default()
    {
        await using EdgeUnderTest edge = await StartAsync();
        using HttpResponseMessage answer = await PreflightAsync(edge, "/v1/events", App, "POST", "authorization");

        Assert.Null(Header(answer, "Access-Control-Allow-Origin"));
    }

    [Fact]
    public async Task All_are_by_a_star()
    {
        await using EdgeUnderTest edge = await StartAsync("*");
        using HttpResponseMessage asked = await PreflightAsync(edge, "/v1/events", App, "POST", "authorization");
        using HttpResponseMessage answer = await SendAsync(edge, HttpMethod.Get, "/v1/events", App, token: true);

        Assert.Equal("*", Header(asked, "Access-Control-Allow-Origin"));
        Assert.Equal("*", Header(answer, "Access-Control-Allow-Origin"));
    }

    [Fact]
    public async Task Pages_and_operators_are_nobody_else_s()
    {
        using HttpResponseMessage page = await SendAsync(_edge, HttpMethod.Get, "/", App, token: false);
        using HttpResponseMessage health = await SendAsync(_edge, HttpMethod.Get, "/healthz", App, token: false);

        Assert.Null(Header(page, "Access-Control-Allow-Origin"));
        Assert.Null(Header(health, "Access-Control-Allow-Origin"));
    }

    [Theory]
    [InlineData("*", "*")]
    [InlineData("https://App.example.org", "https://app.example.org")]
    [InlineData("https://app.example.org:443/", "https://app.example.org")]
    [InlineData("https://app.example.org:8443", "https://app.example.org:8443")]
    [InlineData("http://localhost:5173", "http://localhost:5173")]
    [InlineData("http://[::1]:5173", "http://[::1]:5173")]
    [InlineData("https://bücher.example", "https://xn--bcher-kva.example")]
    public void Origins(string text, string expected)
    {
        Assert.True(AllowedOrigin.TryParse(text, out string origin));
        Assert.Equal(expected, origin);
    }

    [Theory]
    [InlineData("")]
    [InlineData("app.example.org")]
    [InlineData("http://app.example.org")]
    [InlineData("https://app.example.org/path")]
    [InlineData("https://app.example.org?query")]
    [InlineData("https://app.example.org#fragment")]
    [InlineData("https://user@app.example.org")]
    [InlineData("https://*.example.org")]
    [InlineData("wss://app.example.org")]
    [InlineData("null")]
    public void No_origins(string text) => Assert.False(AllowedOrigin.TryParse(text, out _));

    [Fact]
    public async Task A_bad_list_stops_the_start_and_says_why()
    {
        ConfigurationErrorException error = await Assert.ThrowsAsync<ConfigurationErrorException>(
            () => StartAsync("https://a.example/path", "*"));

        Assert.Equal(2, error.Errors.Count(one => one.Key == "connection_plane:edge:allowed_origins"));
        Assert.Contains("https://a.example/path", error.Message, StringComparison.Ordinal);
    }

    private Task<EdgeUnderTest> StartAsync(params string[] origins) => EdgeUnderTest.StartAsync(
        [_worker], [.. origins.Select((origin, i) => ($"connection_plane:edge:allowed_origins:{i}", origin))]);

    private static async Task<HttpResponseMessage> PreflightAsync(
        EdgeUnderTest edge, string path, string origin, string method, string headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Options, path);
        request.Headers.Add("Origin", origin);
        request.Headers.Add("Access-Control-Request-Method", method);
        request.Headers.Add("Access-Control-Request-Headers", headers);
        return await edge.Client.SendAsync(request);
    }

    private static async Task<HttpResponseMessage> SendAsync(
        EdgeUnderTest edge, HttpMethod method, string path, string origin, bool token)
    {
        using var request = new HttpRequestMessage(method, path);
        request.Headers.Add("Origin", origin);
        request.Headers.Authorization = token ? new("Bearer", EdgeUnderTest.Token()) : null;
        return await edge.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }

    private static string? Header(HttpResponseMessage answer, string name) =>
        answer.Headers.NonValidated.TryGetValues(name, out var values) ? values.ToString() : null;
}

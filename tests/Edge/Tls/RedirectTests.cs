using Microsoft.Extensions.DependencyInjection;
using Realtime.Edge.Tls;
using Realtime.Hosting.Configuration;

namespace Realtime.Tests.Edge.Tls;

/// <summary>The listener without TLS sends clients away, and does nothing else.</summary>
public sealed class RedirectTests : IAsyncLifetime
{
    private FakeWorker _worker = null!;

    public async Task InitializeAsync() => _worker = await FakeWorker.StartAsync("w1");

    public async Task DisposeAsync() => await _worker.DisposeAsync();

    [Theory]
    [InlineData("GET", "/", "live.example.org")]
    [InlineData("GET", "/a%20b/c?d=e&f=%2f", "live.example.org:8080")]
    [InlineData("GET", "/ws/agents?access_token=secret", "127.0.0.1")]
    [InlineData("GET", "/admin/workers", "[::1]:80")]
    [InlineData("POST", "/v1/events", "live.example.org")]
    public async Task Clients_are_sent_to_the_same_path_by_TLS(string method, string target, string host)
    {
        await using EdgeUnderTest edge = await StartAsync();
        string answer = await AskAsync(
            edge, $"{method} {target} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");

        string name = host.StartsWith('[') ? "[::1]" : host.Split(':')[0];
        Assert.StartsWith("HTTP/1.1 308 ", answer, StringComparison.Ordinal);
        Assert.Contains(
            $"\r\nLocation: https://{name}:{edge.PublicAddress.Port}{target}\r\n", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("Strict-Transport-Security", answer, StringComparison.Ordinal);
        Assert.Empty(_worker.Seen);
        Assert.DoesNotContain(edge.Logs.Lines, line => line.Contains("secret", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_configured_name_comes_before_the_client_s()
    {
        await using EdgeUnderTest edge = await StartAsync(
            ("connection_plane:edge:public_url", "https://live.example.org/"));
        string answer = await AskAsync(edge, "GET /x?y HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n");

        Assert.Contains("\r\nLocation: https://live.example.org/x?y\r\n", answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a/b")]
    [InlineData("a@b")]
    [InlineData("a b")]
    [InlineData("-")]
    public async Task Without_a_name_there_is_nowhere_to_send_them(string host)
    {
        await using EdgeUnderTest edge = await StartAsync();
        string answer = await AskAsync(edge, $"GET / HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 400 ", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("Location", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task There_is_none_by_default()
    {
        await using EdgeUnderTest edge = await EdgeUnderTest.StartAsync([_worker]);

        Assert.Null(edge.Services.GetRequiredService<EdgeListeners>().RedirectAddress);
    }

    [Theory]
    [InlineData("connection_plane:edge:http_listen", "https://127.0.0.1:0")]
    [InlineData("connection_plane:edge:public_url", "http://live.example.org")]
    [InlineData("connection_plane:edge:public_url", "https://live.example.org/path")]
    [InlineData("connection_plane:edge:trusted_proxies:0", "10.0.0.0/99")]
    public async Task What_is_no_such_address_stops_the_start(string key, string value)
    {
        ConfigurationErrorException error = await Assert.ThrowsAsync<ConfigurationErrorException>(
            () => EdgeUnderTest.StartAsync([_worker], (key, value)));

        Assert.StartsWith(Assert.Single(error.Errors).Key, key, StringComparison.Ordinal);
    }

    private Task<EdgeUnderTest> StartAsync(params (string Key, string Value)[] configuration) =>
        EdgeUnderTest.StartAsync(
            [_worker], [("connection_plane:edge:http_listen", "http://127.0.0.1:0"), .. configuration]);

    private static async Task<string> AskAsync(EdgeUnderTest edge, string request)
    {
        await using RawConnection client = await RawConnection.ConnectAsync(
            edge.Services.GetRequiredService<EdgeListeners>().RedirectAddress!);
        await client.SendAsync(request);
        return await client.EverythingAsync();
    }
}

using System.Globalization;
using System.Net;
using System.Net.WebSockets;
using Realtime.Tests.Support;

namespace Realtime.Tests.Edge;

/// <summary>
/// Clients that dribble, and heads that are giant: bounded, answered clearly, and no harm to others.
/// </summary>
public sealed class SlowClientsTests : IAsyncLifetime
{
    private readonly string _token = EdgeUnderTest.Token();
    private FakeWorker _worker = null!;
    private EdgeUnderTest _edge = null!;

    public async Task InitializeAsync()
    {
        _worker = await FakeWorker.StartAsync("w1");
        _edge = await EdgeUnderTest.StartAsync(
            [_worker], ("connection_plane:edge:listener:request_head_timeout", "1s"),
            ("connection_plane:edge:tls:handshake_timeout", "1s"),
            ("connection_plane:edge:listener:request_head_bytes_max", "16KiB"),
            ("connection_plane:edge:listener:request_headers_max", "50"));
    }

    public async Task DisposeAsync()
    {
        await _edge.DisposeAsync();
        await _worker.DisposeAsync();
    }

    [Fact]
    public async Task Heads_that_do_not_end_are_given_up_and_others_are_served_meanwhile()
    {
        using var sums = new MetricSums(_edge);
        ClientWebSocket open = await _edge.ConnectAsync("/ws/agents", _token);
        Assert.Equal("w1", await EdgeUnderTest.ReadTextAsync(open));
        List<RawConnection> slow = [];
        for (int i = 0; i < 100; i++)
        {
            RawConnection one = await RawConnection.ConnectTlsAsync(_edge.PublicAddress);
            await one.SendAsync("GET /v1/events HTTP/1.1\r\nHost: localhost\r\nX-A: ");
            slow.Add(one);
        }

        using HttpResponseMessage answer = await _edge.GetAsync("/v1/events", _token);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        await open.SendAsync("still here"u8.ToArray(), WebSocketMessageType.Text, true, CancellationToken.None);
        Assert.Equal("still here", await EdgeUnderTest.ReadTextAsync(open));
        // Each gets a word and its end, though it goes on dribbling.
        string[] ends = await Task.WhenAll(slow.Select(async one =>
        {
            await DribbleAsync(one);
            return await one.EverythingAsync();
        }));
        Assert.All(ends, end => Assert.StartsWith("HTTP/1.1 408 ", end, StringComparison.Ordinal));
        Assert.Equal(100, sums["realtime_edge_refused_total stage=door,reason=slow_head"]);
        Assert.Single(_worker.Seen, request => request.PathAndQuery == "/v1/events");
        await Task.WhenAll(slow.Select(one => one.DisposeAsync().AsTask()));
    }

    [Fact]
    public async Task Handshakes_that_do_not_end_are_given_up()
    {
        await using RawConnection silent = await RawConnection.ConnectAsync(_edge.PublicAddress);
        await using RawConnection begun = await RawConnection.ConnectAsync(_edge.PublicAddress);
        await begun.Stream.WriteAsync(new byte[] { 0x16, 0x03, 0x01, 0x02 }, begun.Patience);

        Assert.Empty(await silent.EverythingAsync());
        Assert.Empty(await begun.EverythingAsync());
    }

    [Theory]
    [InlineData("one giant header", "HTTP/1.1 431 ")]
    [InlineData("many headers", "HTTP/1.1 431 ")]
    [InlineData("a giant target", "HTTP/1.1 414 ")]
    [InlineData("endless", "HTTP/1.1 431 ")]
    [InlineData("no request", "HTTP/1.1 400 ")]
    public async Task Giant_heads_are_refused(string kind, string status)
    {
        using var sums = new MetricSums(_edge);
        await using RawConnection client = await RawConnection.ConnectTlsAsync(_edge.PublicAddress);
        try
        {
            await client.SendAsync(kind == "a giant target" ? $"GET /v1/{new string('a', 20_000)} HTTP/1.1\r\n"
                : kind == "no request" ? "Hello, edge\r\n"
                : "GET /v1/events HTTP/1.1\r\nHost: localhost\r\n");
            await client.SendAsync(kind switch
            {
                "one giant header" => $"X-A: {new string('a', 20_000)}\r\n\r\n",
                "many headers" => string.Concat(Enumerable.Range(0, 60).Select(i => $"X-{i}: a\r\n")) + "\r\n",
                "endless" => new string('a', 4_000_000),
                _ => "\r\n",
            });
        }
        catch (IOException)
        {
            // It had seen enough.
        }

        string answer = await client.EverythingAsync();
        Assert.True(
            answer.StartsWith(status, StringComparison.Ordinal) || (kind == "endless" && answer.Length == 0), answer);
        string reason = kind == "no request" ? "bad_head" : "head_too_large";
        await Eventually.TrueAsync(
            "it is counted", () => sums[$"realtime_edge_refused_total stage=door,reason={reason}"] == 1);
        Assert.Empty(_worker.Seen);
    }

    [Fact]
    public async Task By_default_a_token_and_the_ids_of_all_partitions_there_may_be_fit()
    {
        await using EdgeUnderTest edge = await EdgeUnderTest.StartAsync([_worker]);
        string after = string.Join(',', Enumerable.Range(0, 1_024).Select(partition => string.Create(
            CultureInfo.InvariantCulture, $"{partition}:1795230320701-{long.MaxValue}.k3x9qa")));
        string token = EdgeUnderTest.Token(scope: string.Concat(Enumerable.Repeat("words-of-others ", 240)));
        using HttpResponseMessage answer = await edge.GetAsync($"/v1/events?after={after}", token);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.EndsWith($"after={after}", _worker.Seen.Single().PathAndQuery, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Giant_heads_over_HTTP_2_are_refused()
    {
        using HttpClient client = _edge.NewClient(HttpVersion.Version20);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/events")
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        for (int i = 0; i < 10; i++)
        {
            request.Headers.Add(string.Create(CultureInfo.InvariantCulture, $"X-{i}"), new string('a', 4_000));
        }

        HttpStatusCode? status = null;
        try
        {
            using HttpResponseMessage answer = await client.SendAsync(request);
            status = answer.StatusCode;
        }
        catch (HttpRequestException)
        {
            // Or the connection ends.
        }

        Assert.True(status is null or HttpStatusCode.RequestHeaderFieldsTooLarge, $"{status}");
        Assert.Empty(_worker.Seen);
        await Eventually.TrueAsync("others are served", async () =>
        {
            using HttpResponseMessage answer = await _edge.GetAsync("/v1/events", _token);
            return answer.IsSuccessStatusCode;
        });
    }

    private static async Task DribbleAsync(RawConnection connection)
    {
        try
        {
            for (int i = 0; i < 3; i++)
            {
                await connection.SendAsync("a");
            }
        }
        catch (IOException)
        {
            // It has been given up already.
        }
    }
}

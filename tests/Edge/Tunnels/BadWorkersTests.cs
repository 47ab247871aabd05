using System.Net;
using System.Net.WebSockets;
using System.Text;

namespace Realtime.Tests.Edge.Tunnels;

/// <summary>Workers that answer an upgrade with something else, or with nothing that is an answer.</summary>
public sealed class BadWorkersTests
{
    private const string Token = "Authorization: Bearer ";

    [Theory]
    [InlineData("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n")]
    [InlineData("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        + "Sec-WebSocket-Accept: AAAAAAAAAAAAAAAAAAAAAAAAAAA=\r\n\r\n")]
    [InlineData("{opening without}\r\nUpgrade: h2c\r\n\r\n")]
    [InlineData("{opening}Sec-WebSocket-Extensions: permessage-deflate\r\n\r\n")]
    [InlineData("{opening}Sec-WebSocket-Protocol: a\r\nSec-WebSocket-Protocol: b\r\n\r\n")]
    [InlineData("{opening}Upgrade: websocket\r\n\r\n")]
    [InlineData("{opening}folded:\r\n line\r\n\r\n")]
    [InlineData("HTTP/1.1 100 Continue\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")]
    [InlineData("HTTP/1.1 204 No Content\r\n\r\n")]
    [InlineData("HTTP/1.1 429 Too Many Requests\r\nContent-Length: 5\r\n\r\nhell")]
    [InlineData("HTTP/1.1 429 Too Many Requests\r\nContent-Length: 65537\r\n\r\n")]
    [InlineData("HTTP/1.1 429 Too Many Requests\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n")]
    [InlineData("HTTP/1.1 401 Unauthorized\r\nContent-Le")]
    [InlineData("SSH-2.0-OpenSSH_9.2\r\n")]
    [InlineData("\r\n\r\n\r\n\r\n")]
    [InlineData("{endless}")]
    [InlineData("")]
    public async Task What_is_no_answer_is_a_bad_gateway_and_the_next_worker_is_asked(string answer)
    {
        await using var bad = new RawWorker((head, stream, stopping) =>
        {
            string opening = RawWorker.Opening(head)[..^2];
            string said = answer.Replace("{opening}", opening, StringComparison.Ordinal)
                .Replace("{opening without}", opening.Replace("Upgrade: websocket\r\n", "", StringComparison.Ordinal)
                    .TrimEnd(), StringComparison.Ordinal)
                .Replace("{endless}", "HTTP/1.1 101 x\r\nA: " + new string('a', 100_000), StringComparison.Ordinal);
            return stream.WriteAsync(Encoding.Latin1.GetBytes(said), stopping).AsTask();
        });
        await using EdgeUnderTest alone = await EdgeUnderTest.StartAsync([bad.Named("w1")]);
        await alone.WorkersAreAsync("ready");

        foreach (bool overHttp2 in new[] { false, true })
        {
            ClientWebSocket refused = await alone.ConnectAsync("/ws/agents", EdgeUnderTest.Token(), overHttp2);
            Assert.NotEqual(WebSocketState.Open, refused.State);
            Assert.Equal(HttpStatusCode.BadGateway, refused.HttpStatusCode);
        }

        await using FakeWorker good = await FakeWorker.StartAsync("w2");
        await using EdgeUnderTest edge = await EdgeUnderTest.StartAsync([bad.Named("w1"), ("w2", good.Address)]);
        await edge.WorkersAreAsync("ready", "ready");
        for (int task = 0; task < 4; task++)
        {
            ClientWebSocket socket = await edge.ConnectAsync($"/ws/terminal/t{task}", EdgeUnderTest.Token());
            Assert.Equal("w2", await EdgeUnderTest.ReadTextAsync(socket));
        }

        Assert.True(bad.Asked > 2);
    }

    [Theory]
    [InlineData("Content-Length: 17\r\n\r\n{\"code\":\"a_code\"}")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n8\r\n{\"code\":\r\n9\r\n\"a_code\"}\r\n0\r\n\r\n")]
    [InlineData("Connection: close, X-Hop\r\nX-Hop: 1\r\n\r\n{\"code\":\"a_code\"}")]
    public async Task A_refusal_reaches_the_client_with_what_is_meant_for_it(string rest)
    {
        await using var worker = new RawWorker(
            "HTTP/1.1 429 Too Many\r\nRetry-After: 7\r\nContent-Type: application/problem+json\r\n"
            + $"Keep-Alive: timeout=5\r\nVary: a\r\nVary: b\r\n{rest}");
        await using EdgeUnderTest edge = await EdgeUnderTest.StartAsync([worker.Named("w1")]);
        await edge.WorkersAreAsync("ready");
        await using RawConnection client = await RawConnection.ConnectTlsAsync(edge.PublicAddress);
        await client.SendAsync(Request());
        string answer = await client.AnswerAsync();

        Assert.StartsWith("HTTP/1.1 429 ", answer, StringComparison.Ordinal);
        Assert.EndsWith("\r\n\r\n{\"code\":\"a_code\"}", answer, StringComparison.Ordinal);
        Assert.Contains("\r\nRetry-After: 7\r\n", answer, StringComparison.Ordinal);
        Assert.Contains("\r\nContent-Type: application/problem+json\r\n", answer, StringComparison.Ordinal);
        Assert.Contains("\r\nVary: b\r\n", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("Keep-Alive", answer, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("X-Hop", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("chunked", answer, StringComparison.Ordinal);

        // The connection goes on: nothing of the worker's is left in it.
        await client.SendAsync(Request());
        Assert.StartsWith("HTTP/1.1 429 ", await client.AnswerAsync(), StringComparison.Ordinal);

        ClientWebSocket socket = await edge.ConnectAsync("/ws/agents", EdgeUnderTest.Token(), overHttp2: true);
        Assert.Equal(HttpStatusCode.TooManyRequests, socket.HttpStatusCode);
    }

    internal static string Request() =>
        "GET /ws/agents HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
        + $"{Token}{EdgeUnderTest.Token()}\r\n\r\n";
}

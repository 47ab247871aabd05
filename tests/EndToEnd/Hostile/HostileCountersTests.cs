using System.Net.Http.Headers;
using System.Text;
using Realtime.Tests.Edge;
using Realtime.Tests.Hosting;
using Realtime.Tests.Protocol.WebSockets;
using Realtime.Tests.Support;

namespace Realtime.Tests.EndToEnd.Hostile;

/// <summary>What hostile clients do is seen in the counters of edge and worker.</summary>
public sealed class HostileCountersTests(SharedSystem shared) : IClassFixture<SharedSystem>
{
    private const string Closed = "realtime_connections_closed_total transport=websocket,code=";
    private const string Refused = "realtime_edge_refused_total stage=forwarding,reason=";

    [Theory]
    [InlineData("no mask", 1002)]
    [InlineData("no UTF-8", 1007)]
    [InlineData("deep JSON", 4400)]
    [InlineData("fragments", 4413)]
    [InlineData("a length that lies", 4413)]
    public async Task Sockets_against_the_rules_are_counted_by_their_close_code(string kind, int code)
    {
        using var counted = new Counted(shared.System.MetersOfWorker(0));
        await using HostileWebSocket socket = await HostileWebSocket.OpenAsync(
            shared.System.Edge(), "/ws/agents", shared.System.Token());
        await socket.FloodAsync(
            kind switch
            {
                "no mask" => [0x81, 0x02, (byte)'{', (byte)'}'],
                "no UTF-8" => WebSocketInput.Masked(0x81, [0xc3, 0x28]),
                "deep JSON" => HostileWebSocket.Text($$"""{"op":"x","y":{{new string('[', 100)}}"""),
                "fragments" =>
                    [.. WebSocketInput.Masked(0x01, []), .. Enumerable.Range(0, 200).SelectMany(_ => Fragment())],
                _ => [0x81, 0xff, 0x40, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4],
            },
            1);

        Assert.Equal(code, (await socket.EndAsync()).Code);
        await Eventually.TrueAsync("it is counted", () => counted[$"{Closed}{code}"] == 1);
    }

    [Fact]
    public async Task Bodies_that_lie_are_counted_by_the_worker()
    {
        using var counted = new Counted(shared.System.MetersOfWorker(0));
        using HttpClient client = shared.System.CreateClient(shared.System.Token());
        using var body = new ByteArrayContent([0xdd, 0xff, 0xff, 0xff, 0xff, 0x80]);
        body.Headers.ContentType = new MediaTypeHeaderValue("application/msgpack");
        using HttpResponseMessage answer = await client.PostAsync("v1/events", body);

        await ProblemAssert.IsAsync(400, "bad_request", answer);
        Assert.Equal(1, counted["realtime_ingest_requests_refused_total kind=events,reason=bad_request"]);
    }

    [Fact]
    public async Task Bodies_that_dribble_or_swell_are_counted_by_the_edge()
    {
        using var counted = new Counted(shared.System.MetersOfEdge(0));
        string head = "POST /v1/events HTTP/1.1\r\nHost: localhost\r\n"
            + $"Authorization: Bearer {shared.System.Token()}\r\n"
            + "Content-Type: application/json\r\nConnection: close\r\n";
        await using RawConnection slow = await RawConnection.ConnectTlsAsync(shared.System.Edge());
        await slow.SendAsync(head + "Content-Length: 100000\r\n\r\n[");
        await using RawConnection large = await RawConnection.ConnectTlsAsync(shared.System.Edge());
        await large.SendAsync(head + "Content-Length: 9999999999\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 413 ", await large.EverythingAsync(), StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 408 ", await slow.EverythingAsync(), StringComparison.Ordinal);
        Assert.Equal((1, 1), (counted[$"{Refused}slow_body"], counted[$"{Refused}too_large"]));
    }

    private static byte[] Fragment() => WebSocketInput.Masked(0x00, Encoding.ASCII.GetBytes(" "));
}

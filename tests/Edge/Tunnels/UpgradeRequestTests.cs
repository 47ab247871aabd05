using System.Buffers;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Http;
using Realtime.Edge.Forwarding.Tunnels;

namespace Realtime.Tests.Edge.Tunnels;

/// <summary>
/// What a worker is asked, byte for byte: nothing of a client gets in that could be read as another line.
/// </summary>
public sealed class UpgradeRequestTests
{
    [Fact]
    public void It_has_these_headers_and_no_others()
    {
        HttpRequest request = Request("/ws/agents", "?agents=a%201,b*&x");
        request.Headers.SecWebSocketVersion = "13";
        request.Headers.SecWebSocketProtocol = "realtime.v1.json, other";
        request.Headers.SecWebSocketExtensions = "permessage-deflate";
        request.Headers.Cookie = "secret=1";
        request.Headers["X-Any"] = "any";

        Assert.Equal(
            "GET /ws/agents?agents=a%201,b*&x HTTP/1.1\r\nHost: 10.0.0.7:8080\r\nConnection: Upgrade\r\n"
            + "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: a2V5\r\n"
            + "Sec-WebSocket-Protocol: realtime.v1.json, other\r\nX-Forwarded-For: 192.0.2.7\r\n"
            + "X-Forwarded-Host: live.example.org\r\nX-Forwarded-Proto: https\r\nRealtime-Identity: v1.a.b\r\n\r\n",
            Written(request));
    }

    [Fact]
    public void No_character_ends_a_line_or_the_target()
    {
        HttpRequest request = Request("/ws/a\r\nEvil: 1 b", "?a= b\r\nEvil: 1\u0000\u007f\u00e4\u0100");
        request.Headers.SecWebSocketVersion = "13\r\nEvil: 1";
        request.Headers.SecWebSocketProtocol = new(["a\nEvil: 1", "b\u00e4\0"]);

        string[] lines = Written(request, "k\r\n\r\nGET /evil HTTP/1.1").Split("\r\n");

        Assert.Equal("GET /ws/a%0D%0AEvil:%201%20b?a=%20b%0D%0AEvil:%201%00%7F%E4%00 HTTP/1.1", lines[0]);
        Assert.DoesNotContain(lines[1..], line => line.StartsWith("Evil", StringComparison.Ordinal));
        Assert.DoesNotContain(lines[1..], line => line.Contains('\n', StringComparison.Ordinal));
        Assert.Contains("Sec-WebSocket-Version: 13??Evil: 1", lines);
        Assert.Contains("Sec-WebSocket-Protocol: a?Evil: 1", lines);
        Assert.Contains("Sec-WebSocket-Protocol: b??", lines);
        Assert.Contains("Sec-WebSocket-Key: k????GET /evil HTTP/1.1", lines);
        Assert.Equal(14, lines.Length);
    }

    private static HttpRequest Request(string path, string query)
    {
        HttpRequest request = new DefaultHttpContext().Request;
        request.HttpContext.Connection.RemoteIpAddress = IPAddress.Parse("192.0.2.7");
        request.Scheme = "https";
        request.Host = new HostString("live.example.org");
        request.Path = path;
        request.QueryString = new QueryString(query);
        return request;
    }

    private static string Written(HttpRequest request, string key = "a2V5")
    {
        var output = new ArrayBufferWriter<byte>();
        UpgradeRequest.Write(output, request, "10.0.0.7:8080", key, "v1.a.b");
        return Encoding.Latin1.GetString(output.WrittenSpan);
    }
}

namespace Realtime.Tests.EndToEnd.Hostile;

/// <summary>
/// Requests that two servers could read differently, by raw sockets to a real edge before a real worker: what the edge
/// sends on is one request as it read it, or none, and never a header that is its own to set.
/// </summary>
public sealed class SmugglingTests(RecordedSystem system) : IClassFixture<RecordedSystem>
{
    private const string Event = """{"channel":"agents","type":"smuggling","agent":"a1","payload":1}""";

    private static readonly string Body = $"Content-Length: {Event.Length}\r\n\r\n{Event}";
    private static readonly string Chunked = $"{Event.Length:x}\r\n{Event}\r\n0\r\n\r\n";

    /// <summary>Name, the head's lines behind the token, what follows, and the status that the edge gives.</summary>
    public static TheoryData<string, string, int> Requests => new()
    {
        { "plain", Body, 202 },
        { "length and chunks", $"Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n{Chunked}", 400 },
        { "chunks and length", $"Transfer-Encoding: chunked\r\nContent-Length: 6\r\n\r\n{Chunked}", 400 },
        { "two lengths", $"Content-Length: {Event.Length}\r\nContent-Length: 0\r\n\r\n{Event}", 400 },
        { "two equal lengths", $"Content-Length: {Event.Length}\r\n{Body}", 400 },
        { "a list of lengths", $"Content-Length: {Event.Length}, {Event.Length}\r\n\r\n{Event}", 400 },
        // A number to the server; workers get it without the sign.
        { "a signed length", $"Content-Length: +{Event.Length}\r\n\r\n{Event}", 202 },
        { "a negative length", $"Content-Length: -1\r\n\r\n{Event}", 400 },
        { "a hexadecimal length", $"Content-Length: 0x10\r\n\r\n{Event}", 400 },
        { "no length's number", $"Content-Length: \r\n\r\n{Event}", 400 },
        { "a length beyond numbers", $"Content-Length: 99999999999999999999\r\n\r\n{Event}", 400 },
        { "another coding", $"Transfer-Encoding: gzip\r\n\r\n{Chunked}", 400 },
        { "chunked and another", $"Transfer-Encoding: chunked, identity\r\n\r\n{Chunked}", 400 },
        { "chunked twice", $"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n{Chunked}", 400 },
        { "a misspelt coding", $"Transfer-Encoding: xchunked\r\n\r\n{Chunked}", 400 },
        { "a quoted coding", $"Transfer-Encoding: \"chunked\"\r\n\r\n{Chunked}", 400 },
        { "a coding behind a tab", $"Transfer-Encoding:\tchunked\r\n\r\n{Chunked}", 202 },
        { "a coding behind a vertical tab", $"Transfer-Encoding: \vchunked\r\n\r\n{Chunked}", 400 },
        { "a name before a space", $"Transfer-Encoding : chunked\r\n\r\n{Chunked}", 400 },
        { "a folded line", $"X-A: b\r\n Transfer-Encoding: chunked\r\n{Body}", 400 },
        { "a bare line feed", $"X-A: b\nTransfer-Encoding: chunked\r\n{Body}", 400 },
        { "a bare carriage return", $"X-A: b\rTransfer-Encoding: chunked\r\n{Body}", 400 },
        { "a NUL in a value", $"X-A: b\0c\r\n{Body}", 400 },
        { "a NUL in a name", $"X-\0A: b\r\n{Body}", 400 },
        { "a line without a colon", $"X-A\r\n{Body}", 400 },
        { "an empty name", $": b\r\n{Body}", 400 },
        { "a second host", $"Host: evil.example\r\n{Body}", 400 },
        {
            "a chunk's extension",
            $"Transfer-Encoding: chunked\r\n\r\n{Event.Length:x};a=b\r\n{Event}\r\n0\r\n\r\n", 202
        },
        { "a chunk's bad end", $"Transfer-Encoding: chunked\r\n\r\n{Event.Length:x}\r\n{Event}XX0\r\n\r\n", 400 },
        { "a chunk of no number", $"Transfer-Encoding: chunked\r\n\r\nzz\r\n{Event}\r\n0\r\n\r\n", 400 },
        { "a chunk too long for numbers", $"Transfer-Encoding: chunked\r\n\r\nfffffffff\r\n{Event}\r\n0\r\n\r\n", 400 },
        {
            "internal headers as trailers",
            $"Transfer-Encoding: chunked\r\nTrailer: Realtime-Identity\r\n\r\n{Chunked[..^2]}"
                + "Realtime-Identity: evil\r\nX-Forwarded-For: evil\r\n\r\n",
            202
        },
        { "internal headers", $"Realtime-Identity: evil\r\nrealtime-operator: evil\r\n{Body}", 202 },
        { "internal headers by other cases", $"REALTIME-IDENTITY: evil\r\nrEaLtImE-x: evil\r\n{Body}", 202 },
        { "internal headers by underscores", $"Realtime_Identity: evil\r\nX_Forwarded_For: evil\r\n{Body}", 202 },
        { "internal headers named by Connection", $"Connection: Realtime-Identity, close\r\n{Body}", 202 },
        { "forwarding headers", $"X-Forwarded-For: evil\r\nForwarded: for=evil\r\nX-Real-IP: evil\r\n{Body}", 202 },
    };

    [Theory]
    [MemberData(nameof(Requests))]
    public async Task One_request_reaches_the_worker_or_none(string name, string rest, int status)
    {
        string mark = $"mark-{Guid.NewGuid():N}";
        string answers = await system.SendAsync(
            $"POST /v1/events?{mark} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {system.Token}\r\n"
            + $"Content-Type: application/json\r\n{rest}");

        Assert.True(answers.StartsWith($"HTTP/1.1 {status} ", StringComparison.Ordinal), $"{name}: {answers}");
        string[] sent = [.. system.Requests.Where(request => request.Contains(mark, StringComparison.Ordinal))];
        Assert.Equal(status == 202 ? 1 : 0, sent.Count(request => request.EndsWith(Event, StringComparison.Ordinal)
            || request.EndsWith($"{Event}\r\n0\r\n\r\n", StringComparison.Ordinal)));
        Assert.True(sent.Length <= 1, string.Join("\n---\n", sent));
        Assert.DoesNotContain(system.Requests, request => request.Contains("evil", StringComparison.OrdinalIgnoreCase));
        Assert.All(sent, request => Assert.Single(Lines(request), IsIdentity));
        Assert.True(await system.ServesAsync());
    }

    /// <summary>Name, the request line with what follows, and the status that the edge gives.</summary>
    public static TheoryData<string, string, string> RequestLines => new()
    {
        { "an absolute target elsewhere", "GET https://evil.example/v1/events HTTP/1.1\r\nHost: localhost", "400" },
        { "an absolute target", "GET http://localhost/v1/nothing?abs HTTP/1.1\r\nHost: localhost", "404" },
        { "two spaces", "GET  /v1/events HTTP/1.1\r\nHost: localhost", "400" },
        { "a target with a space", "GET /v1/ev ents HTTP/1.1\r\nHost: localhost", "400" },
        { "no version", "GET /v1/events\r\nHost: localhost", "505" },
        { "HTTP/1.2", "GET /v1/events HTTP/1.2\r\nHost: localhost", "505" },
        { "no host", "GET /v1/events HTTP/1.1\r\nX-A: b", "400" },
        { "a host with a path", "GET /v1/events HTTP/1.1\r\nHost: localhost/evil", "400" },
        { "a host with a user", "GET /v1/events HTTP/1.1\r\nHost: evil@localhost", "400" },
        { "CONNECT", "CONNECT evil.example:443 HTTP/1.1\r\nHost: evil.example:443", "501" },
        { "an asterisk", "OPTIONS * HTTP/1.1\r\nHost: localhost", "40" },
        { "a NUL in the target", "GET /v1/\0evil HTTP/1.1\r\nHost: localhost", "400" },
        { "an escaped NUL in the target", "GET /v1/%00evil HTTP/1.1\r\nHost: localhost", "400" },
        { "a way up to what is internal", "GET /v1/../internal/status HTTP/1.1\r\nHost: localhost", "404" },
        { "an escaped way up", "GET /v1/%2e%2e/internal/status HTTP/1.1\r\nHost: localhost", "404" },
        { "a way up behind an escaped slash", "GET /v1/..%2finternal/status HTTP/1.1\r\nHost: localhost", "404" },
        { "what is internal", "GET /internal/status HTTP/1.1\r\nHost: localhost", "404" },
    };

    [Theory]
    [MemberData(nameof(RequestLines))]
    public async Task Odd_request_lines_lead_nowhere(string name, string head, string status)
    {
        string answers = await system.SendAsync($"{head}\r\nAuthorization: Bearer {system.Token}\r\n\r\n");

        Assert.True(answers.StartsWith($"HTTP/1.1 {status}", StringComparison.Ordinal), $"{name}: {answers}");
        Assert.DoesNotContain(system.Requests, request => request.Contains("evil", StringComparison.OrdinalIgnoreCase));
        Assert.DoesNotContain(
            system.Requests, request => request.Split(' ')[1].StartsWith("/internal", StringComparison.Ordinal));
    }

    /// <summary>Name, the head's lines of a bad upgrade, and the statuses that the client may get.</summary>
    public static TheoryData<string, string, string> Upgrades => new()
    {
        { "no key", "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\r\n", "400" },
        {
            "a short key",
            "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAA\r\n\r\n",
            "400"
        },
        {
            "two keys",
            "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                + "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Key: BBBBBBBBBBBBBBBBBBBBBB==\r\n\r\n",
            "400"
        },
        {
            "another version",
            "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 8\r\n"
                + "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n",
            "4"
        },
        {
            "another protocol",
            "Connection: Upgrade\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\n\r\n",
            "4"
        },
        {
            "no Connection",
            "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n",
            "4"
        },
    };

    [Theory]
    [MemberData(nameof(Upgrades))]
    public async Task Bad_upgrades_open_nothing(string name, string lines, string status)
    {
        string answers = await system.SendAsync(
            $"GET /ws/agents?agents=a1 HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {system.Token}\r\n{lines}");

        Assert.True(answers.StartsWith($"HTTP/1.1 {status}", StringComparison.Ordinal), $"{name}: {answers}");
        Assert.DoesNotContain("HTTP/1.1 101", answers, StringComparison.Ordinal);
        Assert.True(await system.ServesAsync());
    }

    private static string[] Lines(string request) => request.Split("\r\n");

    private static bool IsIdentity(string line) =>
        line.StartsWith("Realtime-Identity:", StringComparison.OrdinalIgnoreCase);
}

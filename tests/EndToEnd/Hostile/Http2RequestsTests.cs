using System.Globalization;
using System.Net;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Realtime.Devhost.Certificates;
using Realtime.Tests.Edge;

namespace Realtime.Tests.EndToEnd.Hostile;

/// <summary>
/// What HTTP/2 can carry and HTTP/1.1 to the worker must not, by frames of our own; and that WebSockets work over it.
/// </summary>
public sealed class Http2RequestsTests(RecordedSystem system) : IClassFixture<RecordedSystem>
{
    private const string Event = """{"channel":"agents","type":"smuggling","agent":"a1","payload":1}""";

    /// <summary>
    /// Name, and a header more than a good request has, as <c>name|value</c>; <c>-name</c> drops one.
    /// </summary>
    public static TheoryData<string, string> Bad => new()
    {
        { "Connection", "connection|keep-alive" },
        { "Transfer-Encoding", "transfer-encoding|chunked" },
        { "Upgrade", "upgrade|websocket" },
        { "Keep-Alive", "keep-alive|timeout=5" },
        { "Proxy-Connection", "proxy-connection|keep-alive" },
        { "TE other than trailers", "te|gzip" },
        { "a name in upper case", "X-Evil|1" },
        { "a name with a space", "x evil|1" },
        { "a name with a colon", "x:evil|1" },
        { "a name with a line's end", "x\r\nevil|1" },
        { "an empty name", "|1" },
        { "a value with a line's end", "x-a|b\r\nrealtime-identity: evil" },
        { "a value with a line feed", "x-a|b\nevil" },
        { "a value with NUL", "x-a|b\0evil" },
        { "an unknown pseudo header", ":evil|1" },
        { "a pseudo header behind others", ":path|/v1/evil" },
        { "two methods", ":method|GET" },
        { "no path", "-:path" },
        { "no method", "-:method" },
        { "no scheme", "-:scheme" },
        { "two lengths", "content-length|5" },
    };

    [Theory]
    [MemberData(nameof(Bad))]
    public async Task Bad_headers_reach_no_worker(string name, string change)
    {
        string mark = $"mark-{Guid.NewGuid():N}";
        List<(string Name, string Value)> headers = Good($"/v1/events?{mark}");
        if (change.StartsWith('-'))
        {
            headers.RemoveAll(header => header.Name == change[1..]);
        }
        else
        {
            string[] parts = change.Split('|');
            headers.Add((parts[0], parts[1]));
        }

        string outcome = await SendAsync(headers, Event);

        Assert.True(outcome is "reset" or "goaway" or "closed" or "400", $"{name}: {outcome}");
        Assert.DoesNotContain(system.Requests, request => request.Contains(mark, StringComparison.Ordinal));
        Assert.DoesNotContain(system.Requests, request => request.Contains("evil", StringComparison.OrdinalIgnoreCase));
        Assert.True(await system.ServesAsync());
    }

    [Theory]
    [InlineData("realtime-identity")]
    [InlineData("realtime_identity")]
    [InlineData("realtime-operator")]
    [InlineData("x-forwarded-for")]
    [InlineData("x_forwarded_for")]
    [InlineData("forwarded")]
    public async Task Internal_headers_are_dropped(string name)
    {
        string mark = $"mark-{Guid.NewGuid():N}";

        Assert.Equal("202", await SendAsync([.. Good($"/v1/events?{mark}"), (name, "evil")], Event));
        Assert.Single(system.Requests, request => request.Contains(mark, StringComparison.Ordinal));
        Assert.DoesNotContain(system.Requests, request => request.Contains("evil", StringComparison.OrdinalIgnoreCase));
    }

    [Theory]
    [InlineData(5)]
    [InlineData(500)]
    public async Task A_length_that_is_not_the_body_s_is_refused(int length)
    {
        List<(string Name, string Value)> headers = Good("/v1/events");
        headers.RemoveAll(header => header.Name == "content-length");
        headers.Add(("content-length", length.ToString(CultureInfo.InvariantCulture)));

        string outcome = await SendAsync(headers, Event);

        Assert.True(outcome is "reset" or "goaway" or "closed" or "400", outcome);
        Assert.True(await system.ServesAsync());
    }

    [Theory]
    [InlineData("evil")]
    [InlineData("connect-udp")]
    [InlineData("websocket, evil")]
    public async Task A_tunnel_for_another_protocol_is_refused(string protocol)
    {
        string outcome = await ConnectAsync((":protocol", protocol));

        Assert.Equal("501", outcome);
        Assert.DoesNotContain(system.Requests, request => request.StartsWith("CONNECT", StringComparison.Ordinal));
        Assert.DoesNotContain(system.Requests, request => request.Contains("evil", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task A_tunnel_without_a_protocol_is_refused()
    {
        await using Http2Connection client = await Http2Connection.OpenAsync(system.System.Edge());
        await client.SendHeadersAsync(1, isWhole: false, (":method", "CONNECT"), (":authority", "evil.example:443"));

        string outcome = await client.OutcomeAsync(1);

        Assert.True(outcome is "reset" or "goaway" or "closed" or "501" || outcome.StartsWith('4'), outcome);
        Assert.DoesNotContain(system.Requests, request => request.Contains("evil", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task A_WebSocket_over_HTTP_2_opens_by_hand_too() =>
        Assert.Equal("200", await ConnectAsync((":protocol", "websocket")));

    [Fact]
    public async Task Events_and_pings_travel_over_HTTP_2_and_refusals_say_why()
    {
        using var invoker = new HttpMessageInvoker(TrustingHandler.Create(system.System.Certificate));
        using ClientWebSocket viewer = await OpenAsync(invoker, "/ws/agents?agents=h2", system.Token);
        await NextAsync(viewer, "subscribed");
        using ClientWebSocket producer = await OpenAsync(invoker, "/v1/publish", system.Token);
        await SayAsync(
            producer,
            """{"op":"publish","seq":1,"events":[{"channel":"agents","type":"t","agent":"h2","payload":{"n":1}}]}""");

        JsonElement seen = await NextAsync(viewer, "event");
        Assert.Equal("h2", seen.GetProperty("agent").GetString());
        await SayAsync(viewer, """{"op":"ping","nonce":"n1"}""");
        await NextAsync(viewer, "pong");

        using ClientWebSocket refused = await OpenAsync(invoker, "/ws/agents", "no token");
        Assert.Equal(HttpStatusCode.Unauthorized, refused.HttpStatusCode);
    }

    private async Task<ClientWebSocket> OpenAsync(HttpMessageInvoker invoker, string path, string token)
    {
        var socket = new ClientWebSocket();
        socket.Options.HttpVersion = HttpVersion.Version20;
        socket.Options.HttpVersionPolicy = HttpVersionPolicy.RequestVersionExact;
        socket.Options.CollectHttpResponseDetails = true;
        socket.Options.AddSubProtocol("realtime.v1.json");
        socket.Options.AddSubProtocol($"bearer.{token.Replace(' ', '-')}");
        try
        {
            await socket.ConnectAsync(
                new Uri(new UriBuilder(system.System.Edge()) { Scheme = "wss" }.Uri, path), invoker,
                CancellationToken.None);
        }
        catch (WebSocketException)
        {
            // The status is in the socket's details.
        }

        return socket;
    }

    private static Task SayAsync(ClientWebSocket socket, string message) => socket.SendAsync(
        Encoding.UTF8.GetBytes(message), WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);

    /// <summary>The next message of this kind.</summary>
    private static async Task<JsonElement> NextAsync(ClientWebSocket socket, string op)
    {
        while (true)
        {
            string text = await EdgeUnderTest.ReadTextAsync(socket);
            Assert.NotEmpty(text);
            JsonElement message = JsonDocument.Parse(text).RootElement;
            if (message.GetProperty("op").GetString() == op)
            {
                return message;
            }
        }
    }

    private List<(string Name, string Value)> Good(string path) =>
    [
        (":method", "POST"), (":scheme", "https"), (":authority", "localhost"), (":path", path),
        ("authorization", $"Bearer {system.Token}"), ("content-type", "application/json"),
        ("content-length", Event.Length.ToString(CultureInfo.InvariantCulture)),
    ];

    private async Task<string> SendAsync(List<(string Name, string Value)> headers, string body)
    {
        await using Http2Connection client = await Http2Connection.OpenAsync(system.System.Edge());
        try
        {
            await client.SendHeadersAsync(1, isWhole: false, [.. headers]);
            await client.SendDataAsync(1, isLast: true, body);
        }
        catch (IOException)
        {
            // The edge had seen enough.
        }

        return await client.OutcomeAsync(1);
    }

    private async Task<string> ConnectAsync((string Name, string Value) protocol)
    {
        await using Http2Connection client = await Http2Connection.OpenAsync(system.System.Edge());
        await client.SendHeadersAsync(
            1, isWhole: false, (":method", "CONNECT"), protocol, (":scheme", "https"), (":authority", "localhost"),
            (":path", "/ws/agents?agents=a1"), ("authorization", $"Bearer {system.Token}"),
            ("sec-websocket-version", "13"), ("sec-websocket-protocol", "realtime.v1.json"));
        return await client.OutcomeAsync(1);
    }
}

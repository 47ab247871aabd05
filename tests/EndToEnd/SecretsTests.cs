using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Http.Json;
using System.Net.Security;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Realtime.Hosting.Identity;
using Realtime.Tests.Edge;
using Realtime.Tests.Hosting.Identity.Jwks;

namespace Realtime.Tests.EndToEnd;

/// <summary>
/// No token, ticket or key is in any log at any level, metric, trace, error or effective configuration, wherever a
/// client put it and whatever it got for it.
/// </summary>
public sealed class SecretsTests
{
    private const string InternalKey = "an-internal-key-that-nobody-may-see-in-logs";
    private const string ApiKey = "a-secret-of-the-address";

    private static readonly string BadTicket = "tk_" + new string('b', 43);

    private readonly ConcurrentQueue<string> _told = [];

    [Fact]
    public async Task No_secret_is_told_anywhere()
    {
        using MeterListener meters = ListenToMeters();
        using ActivityListener traces = ListenToTraces();
        await using KeyServer keys = await KeyServer.StartAsync(IssuerKey.Ecdsa("k1"));
        await using DoorScene scene = await DoorScene.StartAsync(
            InternalKey, EdgeUnderTest.SigningKey,
            ("connection_plane:auth:jwks_url", keys.Url),
            ("connection_plane:auth:jwks_ca_file", keys.CaFile));
        EdgeUnderTest edge = scene.Edge;
        string good = EdgeUnderTest.Token(scope: "read:* publish:*");
        string[] tokens =
        [
            good,
            TestTokens.Make(key: "another-key-that-has-32-bytes-or-more"),
            TestTokens.Make(expiresIn: -3_600),
            TestTokens.Make(tenant: "no name"),
            IssuerKey.Ecdsa("unknown").Sign("{}"),
        ];
        foreach (string token in tokens)
        {
            await UseAsync(edge, token);
            await SpoilAsync(edge, token);
            await TouchWorkerAsync(scene.WorkerAddress, token);
        }

        // One that is used up by a request and tried again, one by a socket, one that stays good, and one of nobody.
        string[] tickets =
        [
            await TicketAsync(edge, good), await TicketAsync(edge, good), await TicketAsync(edge, good), BadTicket,
        ];
        Assert.Equal(HttpStatusCode.OK, await TellAsync(edge.GetAsync($"/v1/agents?ticket={tickets[0]}")));
        ClientWebSocket opened = await edge.ConnectAsync($"/ws/agents?ticket={tickets[1]}", null, overHttp2: true);
        Assert.Equal(WebSocketState.Open, opened.State);
        foreach (string ticket in tickets)
        {
            await SpoilAsync(edge, ticket);
            await TouchWorkerAsync(scene.WorkerAddress, ticket);
            await TellAsync(edge.GetAsync($"/nowhere?ticket={ticket}"));
            await TellAsync(edge.GetAsync($"/v1/agents?ticket={ticket}", good));
            await TellAsync(edge.GetAsync($"/v1/agents?ticket={ticket}x"));
            await edge.ConnectAsync($"/ws/agents?ticket={ticket}x", null, overHttp2: true);
        }

        Assert.Equal(HttpStatusCode.Unauthorized, await TellAsync(edge.GetAsync($"/v1/agents?ticket={tickets[0]}")));
        await edge.ConnectAsync($"/ws/agents?ticket={tickets[1]}", null, overHttp2: true);
        Assert.Equal(HttpStatusCode.OK, await TellAsync(edge.GetAsync($"/v1/agents?ticket={tickets[2]}")));
        foreach (string path in new[] { "configuration", "limits", "workers", "connections", "edge" })
        {
            await TellAsync(edge.GetAdminAsync($"/admin/{path}"));
            await TellAsync(edge.GetAdminAsync($"/admin/{path}?token={EdgeUnderTest.AdminToken}"));
        }

        string[] told = [.. _told, .. edge.Logs.Lines, .. scene.WorkerLogs];

        // It would be there if it were told: all levels of all categories, answers, labels, and spans.
        Assert.Contains(told, line => line.StartsWith("Debug Microsoft.AspNetCore", StringComparison.Ordinal));
        Assert.Contains(told, line => line.StartsWith("Trace Microsoft.AspNetCore", StringComparison.Ordinal));
        Assert.Contains(told, line => line.Contains("connection_plane:internal_keys", StringComparison.Ordinal));
        Assert.Contains(told, line => line.Contains("bad_ticket", StringComparison.Ordinal));
        Assert.Contains(told, line => line.StartsWith("meter ", StringComparison.Ordinal));
        Assert.Contains(told, line => line.StartsWith("span ", StringComparison.Ordinal));

        // What stands before the dot of a stamp opens a worker for 30 s, and an order for once.
        string[] secrets =
        [
            .. tokens, .. tickets, InternalKey, EdgeUnderTest.SigningKey, EdgeUnderTest.AdminToken, ApiKey,
            "v1.ey", "op2.ey",
        ];
        foreach (string secret in secrets)
        {
            Assert.DoesNotContain(told, line => line.Contains(secret, StringComparison.Ordinal));
        }

        // Nor the greater part of one, as where a line is cut.
        Assert.DoesNotContain(told, line => line.Contains(good[..(good.Length / 2)], StringComparison.Ordinal));
    }

    private async Task UseAsync(EdgeUnderTest edge, string token)
    {
        await TellAsync(edge.GetAsync("/v1/agents", token));
        await TellAsync(edge.GetAsync($"/v1/agents?access_token={token}&x=1"));
        await TellAsync(edge.GetAsync($"/v1/agents?access_token={token}&access_token=other"));
        await TellAsync(edge.GetAsync($"/nowhere?access_token={token}"));
        await TellAsync(edge.GetAsync($"/?access_token={token}"));
        await TellAsync(edge.SendAsync(HttpMethod.Get, "/admin/workers", token, on: edge.AdminAddress));
        await TellAsync(edge.SendAsync(
            HttpMethod.Post, "/v1/events", token, new StringContent("[{\"type\":5}]")));
        await edge.ConnectAsync($"/ws/agents?access_token={token}", null);
        await edge.ConnectAsync("/ws/agents", null, configure: options => options.AddSubProtocol($"bearer.{token}"));
        ClientWebSocket socket = await edge.ConnectAsync("/ws/agents", token, overHttp2: true);
        if (socket.State == WebSocketState.Open)
        {
            await socket.SendAsync(
                Encoding.UTF8.GetBytes($$"""{"op":"auth","token":"{{token}}"}"""), WebSocketMessageType.Text, true,
                default);
            _told.Enqueue(await EdgeUnderTest.ReadTextAsync(socket));
        }
    }

    /// <summary>Requests that cannot be read, a secret in each part of them.</summary>
    private static async Task SpoilAsync(EdgeUnderTest edge, string secret)
    {
        foreach (string request in new[]
        {
            $"GET /v1/a?access_token={secret}\u0001 HTTP/1.1\r\nHost: a\r\n\r\n",
            $"GET /v1/a?ticket={secret} x HTTP/1.1\r\nHost: a\r\n\r\n",
            $"GET /v1/a?ticket={secret} HTTP/9.9\r\nHost: a\r\n\r\n",
            $"GET /v1/a HTTP/1.1\r\nHost: a\r\nAuthorization Bearer {secret}\r\n\r\n",
            $"GET /v1/a HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {secret}\u0001\r\n\r\n",
            $"GET /v1/a HTTP/1.1\r\nHost: {secret}\r\n\r\n",
            $"{secret} / HTTP/1.1\r\nHost: a\r\n\r\n",
        })
        {
            using var tcp = new TcpClient();
            await tcp.ConnectAsync(edge.PublicAddress.Host, edge.PublicAddress.Port);
            await using var tls = new SslStream(tcp.GetStream(), false, edge.IsItsCertificate);
            await tls.AuthenticateAsClientAsync(edge.PublicAddress.Host);
            await tls.WriteAsync(Encoding.Latin1.GetBytes(request));
            byte[] answer = new byte[1_024];
            _ = await tls.ReadAtLeastAsync(answer, 1, throwOnEndOfStream: false);
        }
    }

    /// <summary>Who passes by the edge leaves nothing behind either.</summary>
    private async Task TouchWorkerAsync(string address, string secret)
    {
        using var client = new HttpClient { BaseAddress = new Uri(address) };
        client.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", $"Bearer {secret}");
        client.DefaultRequestHeaders.TryAddWithoutValidation(IdentityStamp.Header, secret);
        await TellAsync(client.GetAsync($"/v1/agents?access_token={secret}"));
        await TellAsync(client.GetAsync($"/internal/connections?ticket={secret}"));
    }

    private async Task<HttpStatusCode> TellAsync(Task<HttpResponseMessage> asked)
    {
        using HttpResponseMessage answer = await asked;
        _told.Enqueue($"{(int)answer.StatusCode} {answer.Headers} {await answer.Content.ReadAsStringAsync()}");
        return answer.StatusCode;
    }

    /// <summary>The one answer that holds a secret.</summary>
    private static async Task<string> TicketAsync(EdgeUnderTest edge, string token)
    {
        using HttpResponseMessage answer = await edge.SendAsync(HttpMethod.Post, "/v1/tickets", token);
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        JsonElement ticket = await answer.Content.ReadFromJsonAsync<JsonElement>();
        return ticket.GetProperty("ticket").GetString()!;
    }

    private MeterListener ListenToMeters()
    {
        var listener = new MeterListener
        {
            InstrumentPublished = (instrument, self) => self.EnableMeasurementEvents(instrument),
        };
        listener.SetMeasurementEventCallback<long>((instrument, _, tags, _) => Tell(instrument, tags));
        listener.SetMeasurementEventCallback<double>((instrument, _, tags, _) => Tell(instrument, tags));
        listener.Start();
        return listener;
    }

    private void Tell(Instrument instrument, ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
        _told.Enqueue($"meter {instrument.Name} {string.Join(',', tags.ToArray())}");

    private ActivityListener ListenToTraces()
    {
        var listener = new ActivityListener
        {
            ShouldListenTo = _ => true,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = span =>
                _told.Enqueue($"span {span.DisplayName} {string.Join(',', span.TagObjects)}"),
        };
        ActivitySource.AddActivityListener(listener);
        return listener;
    }
}

using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Realtime.Tests.Devhost;
using Realtime.Tests.EndToEnd;
using Realtime.Tests.Support;

namespace Realtime.Tests.Hosting.Metrics;

/// <summary>What edges, workers and the devhost show while they have something to do.</summary>
public sealed class LiveMetricsTests
{
    [Fact]
    public async Task Edge_and_worker_on_redis_show_traffic_that_promtool_and_the_list_know()
    {
        await using RedisServer redis = await RedisServer.StartAsync();
        await using RealtimeSystem system = await RealtimeSystem.StartAsync(
            new RealtimeSystemOptions { Redis = redis.Endpoint });
        using HttpClient client = system.CreateClient(system.Token());
        using ClientWebSocket viewer = await OpenAsync(system, "/ws/agents?agents=*");
        await ReceiveAsync(viewer, "subscribed");

        await PublishAsync(client, "a1");
        await ReceiveAsync(viewer, "event");
        await Eventually.TrueAsync("the memory of Redis was looked at", async () =>
            (await ReadWorkerAsync(system)).Series.Any(static one =>
                one.StartsWith("realtime_redis_memory_used_bytes", StringComparison.Ordinal)));
        MetricsPage worker = await ReadWorkerAsync(system);
        MetricsPage edge = await ReadEdgeAsync(system);

        Assert.Equal(1, worker["realtime_connections{transport=\"websocket\"}"]);
        Assert.Equal(1, worker["realtime_connections_opened_total{transport=\"websocket\"}"]);
        Assert.Equal(1, worker["realtime_subscriptions_total{start=\"fresh\"}"]);
        Assert.Equal(1, worker["realtime_ingest_events_stored_total"]);
        Assert.Equal(1, worker["realtime_event_publish_to_append_seconds_count"]);
        Assert.Equal(1, worker["realtime_event_append_to_send_seconds_count"]);
        Assert.Equal(1, worker["realtime_event_end_to_end_seconds_count"]);
        Assert.InRange(worker["realtime_event_end_to_end_seconds_sum"], 0.0001, 5);
        Assert.Equal(1, worker["realtime_redis_connected{lane=\"live\"}"]);
        Assert.InRange(worker["realtime_redis_command_duration_seconds_count{lane=\"live\"}"], 2, 1e6);
        Assert.InRange(worker[$"realtime_redis_memory_used_bytes{{node=\"{redis.Endpoint}\"}}"], 1e5, 1e10);
        Assert.Equal(16, worker["realtime_tails{kind=\"events\"}"]);
        Assert.Equal(1, edge["realtime_edge_connections{kind=\"web_socket\"}"]);
        Assert.Equal(1, edge["realtime_edge_workers_available"]);
        Assert.Equal(1, edge["realtime_edge_workers{state=\"ready\"}"]);
        Assert.Equal(1, edge["realtime_edge_responses_total{class=\"2xx\",kind=\"request\"}"]);
        double now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        Assert.InRange(edge["realtime_edge_certificate_not_after_timestamp_seconds"], now + 86_400, now + 1e9);

        await viewer.CloseAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
        await Eventually.TrueAsync("the end of the connection is counted", async () =>
            (await ReadWorkerAsync(system))["realtime_connection_duration_seconds_count{transport=\"websocket\"}"] == 1
            && (await ReadEdgeAsync(system))["realtime_edge_connection_duration_seconds_count{kind=\"web_socket\"}"]
                == 1);
        foreach (MetricsPage page in (MetricsPage[])[await ReadWorkerAsync(system), await ReadEdgeAsync(system)])
        {
            await Promtool.CheckMetricsAsync(page.Text);
            MetricsList.Read().CheckKnows(page);
        }
    }

    [Fact]
    public async Task A_resumed_subscription_is_told_from_a_fresh_one()
    {
        await using RealtimeSystem system = await RealtimeSystem.StartAsync(new RealtimeSystemOptions());
        using HttpClient client = system.CreateClient(system.Token());
        string id = await PublishAsync(client, "a1");

        using ClientWebSocket resumed = await OpenAsync(system, $"/ws/agents?after={id}");
        await ReceiveAsync(resumed, "subscribed");
        using ClientWebSocket lost = await OpenAsync(
            system, $"/ws/agents?after={id.Split('.')[0]}.zzzzzz");
        await ReceiveAsync(lost, "subscribed");

        MetricsPage page = await ReadWorkerAsync(system);
        Assert.Equal(1, page["realtime_subscriptions_total{start=\"recovered\"}"]);
        Assert.Equal(1, page["realtime_subscriptions_total{start=\"gap\"}"]);
    }

    [Fact]
    public async Task Terminal_bytes_are_counted_raw_and_on_the_wire_and_a_viewer_without_credit_as_a_stall()
    {
        await using RealtimeSystem system = await RealtimeSystem.StartAsync(new RealtimeSystemOptions());
        using HttpClient client = system.CreateClient(system.Token());
        const int Bytes = 300 * 1024;
        using var body = new ByteArrayContent(Encoding.ASCII.GetBytes(new string('x', Bytes)));
        using HttpResponseMessage appended = await client.PostAsync("/v1/tasks/t1/terminal", body);
        Assert.True(appended.IsSuccessStatusCode);

        // It acknowledges nothing, and so gets its window of 256 KiB and no more.
        using ClientWebSocket viewer = await OpenAsync(system, "/ws/terminal/t1?from=start&encoding=lz4");
        using var stopping = new CancellationTokenSource();
        Task reading = DrainAsync(viewer, stopping.Token);
        await Eventually.TrueAsync("the viewer is out of credit", async () =>
            (await ReadWorkerAsync(system))["realtime_delivery_credit_stalls_total"] == 1,
            TimeSpan.FromSeconds(30));

        MetricsPage page = await ReadWorkerAsync(system);
        Assert.Equal(256 * 1024, page["realtime_delivery_terminal_bytes_total"]);
        Assert.InRange(page["realtime_delivery_terminal_wire_bytes_total"], 500, 128 * 1024);
        await stopping.CancelAsync();
        await reading;
    }

    [Fact]
    public async Task What_strangers_make_up_makes_no_series()
    {
        await using RealtimeSystem system = await RealtimeSystem.StartAsync(new RealtimeSystemOptions());
        await BeHostileAsync(system, "first");
        await BeHostileAsync(system, "fïrst\"}{\\n");
        HashSet<string> before = [.. await AllSeriesAsync(system)];

        await BeHostileAsync(system, "second");
        await BeHostileAsync(system, "\u00e9vil\"}{\\n");

        Assert.DoesNotContain((await AllSeriesAsync(system)).Except(before), static one =>
            !one.StartsWith("dotnet_", StringComparison.Ordinal));
        Assert.DoesNotContain(before, static one => one.Contains("first", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_devhost_shows_each_of_its_parts_by_itself()
    {
        await using DevhostProcess devhost = await DevhostProcess.StartAsync("--no-demo", "--workers", "2");
        using HttpClient plain = new();
        string[] pages =
        [
            await devhost.GetMetricsAsync(),
            .. await Task.WhenAll(devhost.WorkerAddresses.Select(address =>
                plain.GetStringAsync(new Uri(new Uri(address), "/metrics")))),
        ];

        Assert.Equal(3, pages.Length);
        Assert.Contains("role=\"edge\"", pages[0], StringComparison.Ordinal);
        Assert.DoesNotContain("realtime_edge_", pages[1], StringComparison.Ordinal);
        foreach (string page in pages)
        {
            MetricsList.Read().CheckKnows(MetricsPage.Read(page));
            await Promtool.CheckMetricsAsync(page);
        }
    }

    private static async Task BeHostileAsync(RealtimeSystem system, string word)
    {
        string escaped = Uri.EscapeDataString(word);
        using HttpClient client = system.CreateClient(system.Token());
        client.DefaultRequestHeaders.TryAddWithoutValidation("User-Agent", $"agent-{escaped}");
        foreach (string path in (string[])
            [
                $"/{escaped}", $"/v1/{escaped}", $"/v1/events?agents={escaped}&limit={escaped}", $"/ws/{escaped}",
                $"/v1/tasks/{escaped}/terminal", $"/sse/agents?channels={escaped}", $"/pages/{escaped}.js",
            ])
        {
            using HttpResponseMessage got = await client.GetAsync(path);
            using var content = new StringContent($$"""{"{{escaped}}":1}""", Encoding.UTF8, "application/json");
            using HttpResponseMessage posted = await client.PostAsync(path, content);
            using var odd = new HttpRequestMessage(new HttpMethod("ODD" + word.Length), path);
            using HttpResponseMessage answered = await client.SendAsync(odd);
        }

        using HttpClient stranger = system.CreateClient($"{escaped}.{escaped}.{escaped}");
        using HttpResponseMessage refused = await stranger.GetAsync("/v1/events");
        using var socket = new ClientWebSocket();
        socket.Options.AddSubProtocol($"realtime.v9.{Convert.ToHexString(Encoding.UTF8.GetBytes(word))}");
        socket.Options.RemoteCertificateValidationCallback = (_, shown, _, _) =>
            shown?.GetCertHashString() == system.Certificate.GetCertHashString();
        await Assert.ThrowsAsync<WebSocketException>(() => socket.ConnectAsync(
            new Uri(system.Socket(), $"?access_token={system.Token()}"), CancellationToken.None));
        using ClientWebSocket viewer = await OpenAsync(system, "/ws/agents?agents=*");
        await viewer.SendAsync(
            Encoding.UTF8.GetBytes($$"""{"op":"{{escaped}}","id":"{{escaped}}"}"""), WebSocketMessageType.Text,
            endOfMessage: true, CancellationToken.None);
        await viewer.CloseAsync((WebSocketCloseStatus)(4000 + word.Length), null, CancellationToken.None);
        await Eventually.TrueAsync("nobody is connected", async () =>
            (await ReadWorkerAsync(system))["realtime_connections{transport=\"websocket\"}"] == 0
            && (await ReadEdgeAsync(system))["realtime_edge_connections{kind=\"web_socket\"}"] == 0);
    }

    private static async Task<string[]> AllSeriesAsync(RealtimeSystem system) =>
        [.. (await ReadWorkerAsync(system)).Series, .. (await ReadEdgeAsync(system)).Series];

    private static async Task<string> PublishAsync(HttpClient client, string agent)
    {
        long now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        using var content = new StringContent(
            $$$"""{"channel":"agents","type":"agent.status","agent":"{{{agent}}}","ts":{{{now - 1}}},"payload":{}}""",
            Encoding.UTF8, "application/json");
        using HttpResponseMessage answer = await client.PostAsync("/v1/events", content);
        using JsonDocument document = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
        return document.RootElement.GetProperty("results")[0].GetProperty("id").GetString()!;
    }

    private static async Task<ClientWebSocket> OpenAsync(RealtimeSystem system, string pathAndQuery)
    {
        var socket = new ClientWebSocket();
        socket.Options.AddSubProtocol("realtime.v1.json");
        socket.Options.AddSubProtocol($"bearer.{system.Token()}");
        socket.Options.RemoteCertificateValidationCallback = (_, shown, _, _) =>
            shown?.GetCertHashString() == system.Certificate.GetCertHashString();
        await socket.ConnectAsync(new Uri(system.Socket(), pathAndQuery), CancellationToken.None);
        return socket;
    }

    private static async Task ReceiveAsync(ClientWebSocket socket, string op)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20), TimeProvider.System);
        byte[] buffer = new byte[64 * 1024];
        string text;
        do
        {
            WebSocketReceiveResult result = await socket.ReceiveAsync(buffer, patience.Token);
            text = Encoding.UTF8.GetString(buffer, 0, result.Count);
        }
        while (!text.Contains($"\"op\":\"{op}\"", StringComparison.Ordinal));
    }

    private static async Task DrainAsync(ClientWebSocket socket, CancellationToken stopping)
    {
        byte[] buffer = new byte[64 * 1024];
        try
        {
            while (true)
            {
                await socket.ReceiveAsync(buffer, stopping);
            }
        }
        catch (Exception end) when (end is OperationCanceledException or WebSocketException)
        {
            // The test is over.
        }
    }

    private static async Task<MetricsPage> ReadWorkerAsync(RealtimeSystem system)
    {
        using HttpClient client = new();
        return MetricsPage.Read(await client.GetStringAsync(new Uri(system.Worker(0), "/metrics")));
    }

    private static async Task<MetricsPage> ReadEdgeAsync(RealtimeSystem system)
    {
        using HttpClient client = system.CreateAdminClient();
        return MetricsPage.Read(await client.GetStringAsync("metrics"));
    }
}

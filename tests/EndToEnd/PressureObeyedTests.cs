using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Realtime.Client;
using Realtime.Log;
using Realtime.Log.Redis;
using Realtime.Protocol.Events;
using Realtime.Tests.Log.Redis;
using Realtime.Tests.Support;

namespace Realtime.Tests.EndToEnd;

/// <summary>Who makes pressure and for how long, seen by producers that obey it.</summary>
public sealed class PressureObeyedTests
{
    // Counted by the log's clock, from a reader's last report on.
    private static readonly TimeSpan ReaderLife = TimeSpan.FromSeconds(2);

    private static readonly CancellationToken None = CancellationToken.None;

    [Theory]
    [InlineData("memory")]
    [InlineData("redis")]
    public async Task A_reader_that_died_holds_a_producer_up_for_its_life_and_no_longer(string kind)
    {
        // Asked to pause at 10, it sends one event in 100 ms or more; the reader is dead before there are 40.
        const int depth = 40, events = 60;
        await using RedisServer? redis = kind == "redis" ? await RedisServer.StartAsync() : null;
        var options = new LogOptions
        {
            QueueDepthMax = depth,
            Backpressure = new BackpressureOptions { PauseThreshold = 0.25, ResumeThreshold = 0.25 },
        };
        await using RealtimeSystem system = await RealtimeSystem.StartAsync(new RealtimeSystemOptions
        {
            Redis = redis?.Endpoint,
            Log = options,
            WorkerSettings = new Dictionary<string, string>
            {
                ["event_plane:max_queue_depth_per_partition"] = "40",
                ["event_plane:backpressure:pause_producer_threshold"] = "0.25",
                ["event_plane:backpressure:resume_threshold"] = "0.25",
            },
        });
        await using RedisLog? own = redis is null
            ? null
            : RedisLogs.Create(options with { Redis = new() { Endpoints = [redis.Endpoint] } });
        await using var client = new RealtimeClient(new RealtimeClientOptions
        {
            Url = system.Edge(),
            Token = FixedToken.Of(system.Token()),
            TrustedCertificate = system.Certificate,
            Reconnect = new ReconnectOptions { Delay = TimeSpan.FromMilliseconds(50) },

            // Who obeys is never refused: nothing has to be sent again.
            Publish = new PublishOptions { AttemptsMax = 1, DelayMax = TimeSpan.FromMilliseconds(200) },
        });
        PublishResult first = await client.PublishAsync(Draft(0));
        var stream = new StreamKey("acme", first.Id!.Value.Partition);
        IPartitionedLog log = own ?? system.EmbeddedLog!;
        await log.ReportReaderAsync(stream, "dies", 1, None);
        long reportedAt = TimeProvider.System.GetTimestamp();

        for (int number = 1; number < events; number++)
        {
            Assert.True((await client.PublishAsync(Draft(number))).IsStored);
        }

        // So many more than the depth could only be stored when the reader no longer counted.
        Assert.True(TimeProvider.System.GetElapsedTime(reportedAt) >= ReaderLife);
        LatestPage page = await client.ReadLatestAsync();
        Assert.Equal(Enumerable.Range(0, events), page.Events.Select(one => one.Payload.GetInt32()));
    }

    [Fact]
    public async Task A_viewer_that_reads_nothing_makes_no_pressure_and_loses_nothing()
    {
        const int depth = 200, batches = 60, batchEvents = 10, payloadBytes = 40_000;
        await using RealtimeSystem system = await RealtimeSystem.StartAsync(new RealtimeSystemOptions
        {
            Log = new LogOptions { QueueDepthMax = depth, StoredBytesPerTenantMax = 1L << 30 },
            WorkerSettings = new Dictionary<string, string>
            {
                ["event_plane:max_queue_depth_per_partition"] = "200",
                ["connection_plane:delivery:ring_events"] = "16",
                ["connection_plane:backpressure_threshold_bytes"] = "4KiB",

                // For as long as the test takes it is slow, and not evicted.
                ["connection_plane:delivery:stall_timeout"] = "1m",
            },
        });
        using HttpClient producer = system.CreateClient(system.Token());
        using Conversation viewer = await Conversation.OpenAsync(system, "/ws/agents?agents=a1", system.Token());
        await viewer.NextAsync("subscribed");
        string filling = new('x', payloadBytes);
        for (int batch = 0; batch < batches; batch++)
        {
            JsonArray body = [.. Enumerable.Range(batch * batchEvents, batchEvents).Select(number => new JsonObject
            {
                ["channel"] = "agents",
                ["type"] = "t",
                ["agent"] = "a1",
                ["payload"] = new JsonObject { ["number"] = number, ["filling"] = filling },
            })];
            using HttpResponseMessage answer = await producer.PostAsJsonAsync("v1/events", body);
            JsonElement told = JsonDocument.Parse(await answer.Content.ReadAsByteArrayAsync()).RootElement;
            Assert.All(
                told.GetProperty("results").EnumerateArray(), one => Assert.True(one.TryGetProperty("id", out _)));
            string id = told.GetProperty("results")[0].GetProperty("id").GetString()!;
            var stream = new StreamKey("acme", int.Parse(id[..id.IndexOf(':', StringComparison.Ordinal)]));
            // The worker's own tail may be behind for a moment; the viewer, which reads nothing, holds nobody up.
            await Eventually.TrueAsync(
                "the worker has read on",
                async () => (await system.EmbeddedLog!.AppendAsync(stream, [], None)).Pressure.Depth == 0);
        }

        for (int number = 0; number < batches * batchEvents; number++)
        {
            JsonElement message = await viewer.NextAsync();
            while (Conversation.Op(message) is not ("event" or "gap"))
            {
                message = await viewer.NextAsync();
            }

            Assert.Equal("event", Conversation.Op(message));
            Assert.Equal(number, message.GetProperty("payload").GetProperty("number").GetInt32());
        }
    }

    private static EventDraft Draft(int number) => new()
    {
        Channel = Channel.Agents,
        Type = "t",
        Agent = "a1",
        Payload = JsonSerializer.SerializeToElement(number),
    };
}

using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using Realtime.Log;
using Realtime.Log.Redis;
using Realtime.Log.Redis.Repartitioning;
using Realtime.Tests.Support;

namespace Realtime.Tests.EndToEnd;

/// <summary>A repartition under running workers: what is refused is sent again, what was acknowledged stays, and who
/// resumes is told.</summary>
public sealed class RepartitionTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Producers_are_refused_meanwhile_and_viewers_resume_over_a_gap_with_everything()
    {
        await using RedisServer redis = await RedisServer.StartAsync();
        HashSet<int> acknowledged = [];
        int next = 0;
        int refused = 0;
        string[] cursor = [];
        await using (RealtimeSystem four = await StartAsync(redis, 4))
        {
            (_, cursor, _) = await WatchAsync(four, [], () => Task.CompletedTask, 0);
            (HashSet<int> seen, cursor, _) = await WatchAsync(four, cursor, () => PublishAsync(four, 60), 60);
            Assert.Equal(acknowledged, seen);

            using var stopping = new CancellationTokenSource();
            Task publishing = Task.Run(async () =>
            {
                while (!stopping.IsCancellationRequested)
                {
                    await PublishAsync(four, 1, stopping.Token);
                }
            });
            await Eventually.TrueAsync("it publishes", () => Volatile.Read(ref next) > 80, Patience);
            await RunAsync(redis, 7);
            await Eventually.TrueAsync("producers are refused", () => Volatile.Read(ref refused) > 0, Patience);
            await stopping.CancelAsync();
            await publishing;
        }

        await using (RealtimeSystem seven = await StartAsync(redis, 7))
        {
            (HashSet<int> seen, string[] after, string[] gaps) = await WatchAsync(
                seven, cursor, () => PublishAsync(seven, 40), () => acknowledged.Count);
            Assert.Equal(acknowledged.Order(), seen.Order());
            Assert.Equal(7, after.Length);
            Assert.Equal(Enumerable.Repeat("epoch", 7), gaps);
            cursor = after;
        }

        await RunAsync(redis, 2);
        await using RealtimeSystem two = await StartAsync(redis, 2);
        (HashSet<int> last, _, string[] told) = await WatchAsync(
            two, cursor, () => PublishAsync(two, 10), () => acknowledged.Count);
        Assert.Equal(acknowledged.Order(), last.Order());
        Assert.Equal(["epoch", "epoch"], told);

        async Task PublishAsync(RealtimeSystem system, int count, CancellationToken stopping = default)
        {
            using HttpClient http = system.CreateClient(system.Token());
            for (int i = 0; i < count; i++)
            {
                int number = Interlocked.Increment(ref next);
                await Eventually.TrueAsync("the event is taken", async () =>
                {
                    using HttpResponseMessage answer = await http.PostAsJsonAsync("v1/events", new
                    {
                        channel = "agents",
                        type = "agent.note",
                        agent = $"a{number % 9}",
                        key = $"key-{number}",
                        payload = new { n = number },
                    }, CancellationToken.None);
                    if (answer.StatusCode == HttpStatusCode.Accepted)
                    {
                        acknowledged.Add(number);
                        return true;
                    }

                    Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
                    Interlocked.Increment(ref refused);
                    return stopping.IsCancellationRequested;
                }, Patience);
            }
        }
    }

    private static Task<RealtimeSystem> StartAsync(RedisServer redis, int partitions) => RealtimeSystem.StartAsync(
        new RealtimeSystemOptions
        {
            Redis = redis.Endpoint,
            WorkerSettings = new Dictionary<string, string> { ["event_plane:partitions"] = $"{partitions}" },
        });

    private static async Task RunAsync(RedisServer redis, int partitions)
    {
        var options = new LogOptions { Redis = new RedisOptions { Endpoints = [redis.Endpoint] } };
        await using var repartition = new Repartition(
            options, TimeProvider.System, NullLogger<Repartition>.Instance, _ => { });
        await repartition.RunAsync(partitions, CancellationToken.None);
    }

    private static Task<(HashSet<int> Seen, string[] Cursor, string[] Gaps)> WatchAsync(
        RealtimeSystem system, string[] after, Func<Task> meanwhile, int count) =>
        WatchAsync(system, after, meanwhile, () => count);

    // Subscribes, does something, and reads until so many events were seen.
    private static async Task<(HashSet<int> Seen, string[] Cursor, string[] Gaps)> WatchAsync(
        RealtimeSystem system, string[] after, Func<Task> meanwhile, Func<int> count)
    {
        using var timeout = new CancellationTokenSource(Patience);
        using var connection = new TestConnection(system.Certificate, system.Token(), TestConnection.Json);
        await connection.ConnectAsync(system.Socket(), timeout.Token);
        var subscribe = new JsonObject { ["op"] = "subscribe", ["id"] = "s1", ["channels"] = new JsonArray("agents") };
        if (after.Length > 0)
        {
            subscribe["after"] = new JsonArray([.. after.Select(position => (JsonNode)position)]);
        }

        await connection.SendAsync(subscribe, timeout.Token);
        HashSet<int> seen = [];
        List<string> gaps = [];
        var cursor = new SortedDictionary<int, string>();
        Task? doing = null;
        while (doing is not { IsCompleted: true } || seen.Count < count())
        {
            using JsonDocument? message = await connection.ReceiveAsync(timeout.Token);
            Assert.NotNull(message);
            JsonElement[] all = message.RootElement.ValueKind == JsonValueKind.Array
                ? [.. message.RootElement.EnumerateArray()]
                : [message.RootElement];
            foreach (JsonElement one in all)
            {
                switch (one.GetProperty("op").GetString())
                {
                    case "subscribed":
                        Adopt(one.GetProperty("cursor").EnumerateArray());
                        doing ??= DoAsync();
                        break;
                    case "gap":
                        gaps.Add(one.GetProperty("reason").GetString()!);
                        Adopt([one.GetProperty("cursor")]);
                        break;
                    case "event":
                        Assert.True(seen.Add(one.GetProperty("payload").GetProperty("n").GetInt32()));
                        Adopt([one.GetProperty("id")]);
                        break;
                    case "error":
                        Assert.Fail(one.ToString());
                        break;
                }
            }
        }

        await doing;
        return (seen, [.. cursor.Values], [.. gaps]);

        // The answer to the ping wakes the loop, should all events have come before this is done.
        async Task DoAsync()
        {
            await meanwhile();
            await connection.SendAsync("""{"op":"ping","nonce":"done"}""", timeout.Token);
        }

        void Adopt(IEnumerable<JsonElement> positions)
        {
            foreach (JsonElement position in positions)
            {
                string text = position.GetString()!;
                cursor[SampleEvents.Position(text).Partition] = text;
            }
        }
    }
}

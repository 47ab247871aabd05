using System.Net;
using System.Text.Json;
using Realtime.Protocol;
using Realtime.Tests.Edge;
using Realtime.Tests.Support;

namespace Realtime.Tests.EndToEnd;

/// <summary>
/// Redis absent, killed, emptied and hung under a whole system with live viewers and producers: viewers stay and are
/// told, producers are asked to come again, everything resumes by itself, and no loss is silent.
/// </summary>
public class RedisFaultTests
{
    // Redis is on this machine: what does not answer within this time does not answer.
    private static readonly Dictionary<string, string> Impatient =
        new() { ["event_plane:redis:command_timeout"] = "500ms" };

    [Fact]
    public async Task Redis_may_come_later_than_all_else()
    {
        int port = RedisServer.FreePort();
        string endpoint = $"127.0.0.1:{port}";
        using var logs = new CapturedLogs();
        await using RealtimeSystem system = await RealtimeSystem.StartAsync(new RealtimeSystemOptions
        {
            Redis = endpoint,
            WaitsUntilReady = false,
            WorkerLogs = logs,
            WorkerSettings = Impatient,
        });
        Task<FaultScene> starting = FaultScene.StartAsync(system);
        using HttpClient http = system.CreateClient(system.Token());

        for (int i = 0; i < 10; i++)
        {
            using HttpResponseMessage events = await http.GetAsync("v1/events");
            Assert.Equal(HttpStatusCode.ServiceUnavailable, events.StatusCode);
            Assert.NotNull(events.Headers.RetryAfter);
            using HttpResponseMessage ready = await http.GetAsync("readyz");
            Assert.Equal(HttpStatusCode.ServiceUnavailable, ready.StatusCode);
        }

        Assert.False(starting.IsCompleted, "Viewers are subscribed to a log that is not there.");
        // Known when the first attempt to connect ends, and no sooner.
        await Eventually.TrueAsync(
            "the log says that Redis is away",
            () => logs.Lines.Any(line => line.Contains(endpoint, StringComparison.Ordinal)
                && line.Contains("Check that it runs", StringComparison.Ordinal)),
            FaultScene.Patience);
        string[] lines = [.. logs.Lines];
        // One of each connection, of the probe, and of the tails that viewers wait for; however many attempts there
        // are.
        Assert.True(lines.Length <= 5, $"A flood of {lines.Length} lines: {string.Join('\n', lines)}");

        await using RedisServer redis = await RedisServer.StartAsync(port: port);
        await using FaultScene scene = await starting;
        await scene.StartPublishingAsync();
        await scene.StopPublishingAsync();
        await scene.AssertExactAsync();
    }

    [Fact]
    public async Task Killed_under_load_it_loses_nothing_acknowledged_where_each_write_is_synced()
    {
        await using RedisServer redis = await RedisServer.StartAsync(RedisPersistence.Always);
        await using RealtimeSystem system = await StartAsync(redis);
        await using FaultScene scene = await FaultScene.StartAsync(system);
        await scene.StartPublishingAsync();

        await redis.KillAsync();
        await scene.ViewersAreToldAsync();
        await scene.PublishingIsRefusedAsync();
        await redis.StartAsync();
        await scene.GoesOnAsync();

        await scene.StopPublishingAsync();
        await scene.AssertExactAsync();
        scene.AssertSameConnections();
    }

    [Theory]
    [InlineData("killed")]
    [InlineData("emptied")]
    public async Task What_it_lost_is_announced(string fault)
    {
        await using RedisServer redis = await RedisServer.StartAsync(RedisPersistence.None);
        await using RealtimeSystem system = await StartAsync(redis);
        // Keys go with all else: what is repeated over the loss is stored again.
        await using FaultScene scene = await FaultScene.StartAsync(system, sendsAgain: false);
        Dictionary<int, Epoch> before = scene.Subscriptions.First().Cursor
            .ToDictionary(position => position.Partition, position => position.Epoch);
        await scene.StartPublishingAsync();

        if (fault == "killed")
        {
            await redis.KillAsync();
            await scene.ViewersAreToldAsync();
            await redis.StartAsync();
        }
        else
        {
            await redis.FlushAsync();
        }

        await scene.EventuallyAsync(
            "all viewers are told of the loss", () => scene.Subscriptions.All(one => !one.Gaps.IsEmpty));
        await scene.GoesOnAsync();
        await scene.StopPublishingAsync();
        await AssertLossIsAnnouncedAsync(scene, position => position.Epoch != before[position.Partition]);
        scene.AssertSameConnections();

        Published lost = scene.Acknowledged[0];
        await AssertOldCursorIsNotRecoveredAsync(system, lost.Position);
    }

    [Fact]
    public async Task Hung_for_longer_than_it_is_waited_for_it_loses_nothing()
    {
        await using RedisServer redis = await RedisServer.StartAsync();
        await using RealtimeSystem system = await StartAsync(redis);
        await using FaultScene scene = await FaultScene.StartAsync(system);
        await scene.StartPublishingAsync();

        await redis.FreezeAsync();
        await scene.ViewersAreToldAsync();
        await scene.PublishingIsRefusedAsync();
        await redis.ThawAsync();
        await scene.GoesOnAsync();

        await scene.StopPublishingAsync();
        await scene.AssertExactAsync();
        scene.AssertSameConnections();
    }

    [Fact]
    public async Task A_terminal_that_it_lost_is_told_and_its_new_life_is_seen()
    {
        await using RedisServer redis = await RedisServer.StartAsync();
        await using RealtimeSystem system = await StartAsync(redis);
        using var tenant = new WatchFixture(system, "acme");
        await tenant.AppendAsync("t1", "hello"u8.ToArray());
        using Conversation viewer = await tenant.OpenAsync("/ws/terminal/t1");
        JsonElement seen = await viewer.NextAsync("terminal");
        string epoch = seen.GetProperty("epoch").GetString()!;

        await redis.FlushAsync();
        JsonElement error = await viewer.NextAsync("error");
        Assert.Equal("not_found", error.GetProperty("code").GetString());
        Assert.Equal("default", error.GetProperty("id").GetString());

        // What a producer does: it goes on where it was, is told of the hole, and says that it knows of the loss.
        using HttpResponseMessage hole = await tenant.Http.PostAsync(
            "v1/tasks/t1/terminal?offset=5", new ByteArrayContent("again"u8.ToArray()));
        JsonElement problem = await ProblemAssert.IsAsync(409, "hole", hole);
        Assert.Equal(0, problem.GetProperty("expected").GetInt64());
        await tenant.AppendAsync(
            "t1", "again"u8.ToArray(), $"?offset=5&after_loss={problem.GetProperty("epoch").GetString()}");
        JsonElement gap = await viewer.NextAsync("gap");
        Assert.Equal("epoch", gap.GetProperty("reason").GetString());
        JsonElement next = await viewer.NextAsync("terminal");
        Assert.Equal(5, next.GetProperty("offset").GetInt64());
        Assert.NotEqual(epoch, next.GetProperty("epoch").GetString());
        Assert.Equal("again"u8.ToArray(), next.GetProperty("data").GetBytesFromBase64());
    }

    [Fact]
    public async Task Who_comes_while_it_is_away_is_told_too()
    {
        await using RedisServer redis = await RedisServer.StartAsync();
        // An edge that has not yet heard that the worker's log is away, and sends it viewers.
        await using RealtimeSystem system = await RealtimeSystem.StartAsync(new RealtimeSystemOptions
        {
            Redis = redis.Endpoint,
            WorkerSettings = Impatient,
            EdgeSettings = new Dictionary<string, string>
            {
                ["connection_plane:edge:forwarding:probe_interval"] = "1m",
            },
        });
        using var tenant = new WatchFixture(system, "acme");
        using Conversation first = await tenant.OpenAsync("/ws/agents?agents=a*");
        await first.NextAsync("subscribed");

        await redis.FreezeAsync();
        Assert.Equal("log_unavailable", (await first.NextAsync("error")).GetProperty("code").GetString());
        using Conversation second = await tenant.OpenAsync("/ws/agents?agents=a*");
        JsonElement error = await second.NextAsync("error");
        Assert.Equal("log_unavailable", error.GetProperty("code").GetString());
        Assert.True(error.GetProperty("retry").GetBoolean());
        using SseClient third = await SseClient.OpenAsync(tenant.Http, "/sse/agents?agents=a*");
        Assert.Equal("log_unavailable", (await third.NextAsync("error")).GetProperty("code").GetString());
        Assert.False(await FaultScene.TryPublishAsync(tenant.Http));

        await redis.ThawAsync();
        await Eventually.TrueAsync(
            "publishing goes on", () => FaultScene.TryPublishAsync(tenant.Http), FaultScene.Patience);
        string id = await tenant.PublishAsync("a1");
        Assert.Equal(id, (await first.NextAsync("event")).GetProperty("id").GetString());
        Assert.Equal(id, (await second.NextAsync("event")).GetProperty("id").GetString());
        Assert.Equal(id, (await third.NextAsync("event")).GetProperty("id").GetString());
    }

    private static Task<RealtimeSystem> StartAsync(RedisServer redis) =>
        RealtimeSystem.StartAsync(new RealtimeSystemOptions { Redis = redis.Endpoint, WorkerSettings = Impatient });

    // A stream's new life is seen whole and in order; nothing is seen twice; and where an acknowledged event of its old
    // life is missing, a gap of that stream says so.
    private static async Task AssertLossIsAnnouncedAsync(FaultScene scene, Func<EventPosition, bool> isNew)
    {
        Dictionary<TestSubscription, EventPosition[]> acknowledged =
            ExactDelivery.Expect(scene.Viewers, scene.Acknowledged);
        await scene.EventuallyAsync("the new events arrived", () => acknowledged.All(wanted =>
            wanted.Key.Seen.Count(one => isNew(one.Position)) >= wanted.Value.Count(isNew)));

        scene.AssertNoViolations();
        foreach ((TestSubscription subscription, EventPosition[] wanted) in acknowledged)
        {
            EventPosition[] seen = [.. subscription.Seen.Select(one => one.Position)];
            ExactDelivery.AssertSame([.. wanted.Where(isNew)], subscription, seen.Where(isNew));
            HashSet<EventPosition> seenOnce = [.. seen];
            Assert.Equal(seen.Length, seenOnce.Count);
            int[] touched = [.. wanted.Where(one => !seenOnce.Contains(one)).Select(one => one.Partition).Distinct()];
            int[] told = [.. subscription.Gaps.Where(gap => gap.Reason == "epoch").Select(gap => gap.Partition)];
            Assert.Subset(told.ToHashSet(), touched.ToHashSet());
        }
    }

    private static async Task AssertOldCursorIsNotRecoveredAsync(RealtimeSystem system, EventPosition lost)
    {
        using Conversation late = await Conversation.OpenAsync(
            system, $"/ws/agents?after={lost}", system.Token("read:*"));
        JsonElement subscribed = await late.NextAsync("subscribed");
        Assert.False(subscribed.GetProperty("recovered").GetBoolean());
        Assert.Equal("epoch", subscribed.GetProperty("reason").GetString());
        JsonElement gap = await late.NextAsync("gap");
        Assert.Equal("epoch", gap.GetProperty("reason").GetString());
        Assert.Equal(lost.Partition, gap.GetProperty("partition").GetInt32());
        Assert.Equal(lost.ToString(), gap.GetProperty("after").GetString());
    }
}

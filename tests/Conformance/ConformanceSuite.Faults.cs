using System.Text.Json.Nodes;
using Realtime.Protocol;

namespace Realtime.Tests.Conformance;

public abstract partial class ConformanceSuite
{
    [Fact]
    public async Task A_network_that_breaks_again_and_again_costs_nothing()
    {
        const int cuts = 5;
        const int eventsPerCut = 40;
        await OpenAsync();
        await Sdk.SubscribeAsync("c", "all");
        await Sdk.SubscribeAsync("c", "one", Filter("agents", "a1"));
        await Sdk.IsActiveAsync("all");
        await Sdk.IsActiveAsync("one");
        for (int i = 0; i < cuts; i++)
        {
            // Under way: some before, some while it is away, some after.
            Task publishing = PublishManyAsync((i * eventsPerCut) + 1, eventsPerCut);
            scene.Network.Cut();
            await publishing;
            await Sdk.SeesAsync("all", (i + 1) * eventsPerCut);
        }

        await Sdk.SeesAsync("one", cuts * eventsPerCut);
        Assert.Equal(Range(cuts * eventsPerCut), Sdk.Numbers("all"));
        Assert.Equal(Range(cuts * eventsPerCut), Sdk.Numbers("one"));
        Assert.Empty(Sdk.Of("all", "gap"));
        Assert.Contains("waiting", Sdk.States("c"));
        Assert.All(Sdk.Of("c", "state").Where(state => SdkUnderTest.Text(state, "status") == "waiting"), state =>
            Assert.InRange(state["delay_ms"]!.GetValue<double>(), 0, 200));
    }

    [Fact]
    public async Task A_worker_that_is_gone_costs_nothing()
    {
        await OpenAsync();
        await Sdk.SubscribeAsync("c", "s", Filter("agents", "a1"));
        await Sdk.IsActiveAsync("s");
        int published = 0;

        // Both in turn: whichever had the client, the other takes it.
        for (int worker = 0; worker < 2; worker++)
        {
            await scene.WithoutWorkerAsync(worker, abruptly: true, async () =>
            {
                await PublishRetryingAsync(published + 1, 50);
                published += 50;
                await Sdk.SeesAsync("s", published);
            });
        }

        Assert.Equal(Range(published), Sdk.Numbers("s"));
        Assert.Empty(Sdk.Of("s", "gap"));
        Assert.True(Sdk.States("c").Count(status => status == "connected") > 1);
    }

    [Fact]
    public async Task A_drain_is_obeyed_and_costs_nothing()
    {
        // Back-off would be at most 1 ms: what is longer is what the server said.
        await OpenAsync("c", options => { options["reconnect_delay"] = 1; options["reconnect_delay_max"] = 1; });
        await Sdk.SubscribeAsync("c", "s", Filter("agents", "a1"));
        await Sdk.IsActiveAsync("s");
        int published = 0;
        for (int worker = 0; worker < 2; worker++)
        {
            await scene.WithoutWorkerAsync(worker, abruptly: false, async () =>
            {
                await PublishRetryingAsync(published + 1, 20);
                published += 20;
                await Sdk.SeesAsync("s", published);
            });
        }

        Assert.Equal(Range(published), Sdk.Numbers("s"));
        Assert.Empty(Sdk.Of("s", "gap"));
        JsonObject[] drained =
            [.. Sdk.Of("c", "state").Where(state => SdkUnderTest.Text(state, "reason") == "drain")];
        Assert.NotEmpty(drained);
        Assert.All(drained, state => Assert.InRange(
            state["delay_ms"]!.GetValue<double>(), 0, ConformanceScene.DrainDelayMax.TotalMilliseconds));
        Assert.Contains(drained, state => state["delay_ms"]!.GetValue<double>() > 1);
        Assert.All(drained, state => Assert.Equal(1012, state["close_code"]!.GetValue<int>()));
    }

    [Fact]
    public async Task A_connection_that_falls_silent_is_given_up()
    {
        await OpenAsync();
        await Sdk.SubscribeAsync("c", "s", Filter("agents", "a1"));
        await Sdk.IsActiveAsync("s");
        await PublishAsync("a1", 3);
        await Sdk.SeesAsync("s", 3);
        scene.Network.HalfOpen();
        await PublishAsync("a1", 3);
        await Sdk.SeesAsync("s", 6);
        Assert.Equal(Range(6), Sdk.Numbers("s"));
        Assert.Contains(
            Sdk.Of("c", "state"), state => SdkUnderTest.Text(state, "reason") == "dead_peer");
    }

    [Fact]
    public async Task A_heartbeat_that_is_asked_for_holds_and_without_one_the_servers()
    {
        await OpenAsync("asks", options => options["heartbeat"] = 12_500);
        await OpenAsync("does not");
        Assert.Equal(12_500, await HeartbeatAsync("asks"));
        Assert.Equal(ConformanceScene.Heartbeat.TotalMilliseconds, await HeartbeatAsync("does not"));

        // Nobody asked for a subscription: without one, nothing is delivered.
        await Sdk.SubscribeAsync("asks", "s", Filter("agents", "a1"));
        await Sdk.WhenActiveAsync("s");
        await PublishAsync("a1", 1);
        await Sdk.SeesAsync("s", 1);

        async Task<double> HeartbeatAsync(string client)
        {
            await Sdk.ConnectAsync(client);
            JsonObject told = await Sdk.DoAsync(new JsonObject { ["do"] = "heartbeat", ["client"] = client });
            return told["ms"]!.GetValue<double>();
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_retention_took_is_told(bool snapshot)
    {
        static void Status(JsonObject message) => message["state_key"] = "agent:a1:status";
        await OpenAsync();
        JsonObject how = Filter("agents", "a1");
        how["snapshot"] = snapshot;
        await Sdk.SubscribeAsync("c", "s", how);
        await Sdk.IsActiveAsync("s");
        await Producer.PublishAsync("a1", Status);
        await Sdk.SeesAsync("s", 1);

        scene.Network.Refuse(true);
        scene.Network.Cut();
        await Sdk.StateAsync("c", "waiting");
        await scene.ForgetRecentEventsAsync();
        await PublishAsync("a1", 5);
        await scene.TrimAsync(_tenant);
        string next = await Producer.PublishAsync("a1");
        scene.Network.Refuse(false);

        JsonObject gap = (await Sdk.SawAsync("s", "gap"))["gap"]!.AsObject();
        Assert.Equal("retention", SdkUnderTest.Text(gap, "reason"));
        string id = await Producer.PublishAsync("a1");
        if (snapshot)
        {
            // What is shown must be true again though it can't be told how it came to be: all but what comes after the
            // values is missing.
            Assert.Equal(6, gap["missing"]!.GetValue<long>());
            Assert.Equal(OffsetOf(id), OffsetOf(SdkUnderTest.Text(gap, "resumes_at")!));
            await Sdk.SawAsync("s", "snapshot", times: 2);
            await Sdk.EventuallyAsync("the live event comes", () => Sdk.Numbers("s")[^1] == 8);
            Assert.Equal("snapshot", SdkUnderTest.Text(Sdk.Of("s", "event")[1], "origin"));
            Assert.Equal(1, Sdk.Numbers("s")[1]);
        }
        else
        {
            Assert.Equal(5, gap["missing"]!.GetValue<long>());
            Assert.Equal(next, SdkUnderTest.Text(gap, "resumes_at"));
            await Sdk.SeesAsync("s", 3);
            Assert.Equal([1, 7, 8], Sdk.Numbers("s"));
        }

        Assert.Single(Sdk.Of("s", "gap"));
    }

    [Fact]
    public async Task A_log_that_lost_its_history_is_told_and_goes_on()
    {
        await OpenAsync();
        await Sdk.SubscribeAsync("c", "s", Filter("agents", "a1"));
        await Sdk.IsActiveAsync("s");
        await PublishAsync("a1", 3);
        await Sdk.SeesAsync("s", 3);

        await scene.Redis.FlushAsync();
        await PublishAsync("a1", 2);
        await Sdk.SeesAsync("s", 5);
        Assert.Equal(Range(5), Sdk.Numbers("s"));
        int partition = PositionOf(SdkUnderTest.Text(Sdk.Of("s", "event")[0]["event"]!.AsObject(), "id")!).Partition;
        Assert.Equal("epoch", SdkUnderTest.Text(Assert.Single(GapsOf(partition)), "reason"));

        // Its new life is resumed like the old one.
        scene.Network.Cut();
        await PublishAsync("a1", 2);
        await Sdk.SeesAsync("s", 7);
        Assert.Equal(Range(7), Sdk.Numbers("s"));
        Assert.Single(GapsOf(partition));

        JsonObject[] GapsOf(int stream) => [.. Sdk.Of("s", "gap").Select(report => report["gap"]!.AsObject())
            .Where(gap => gap["partition"]!.GetValue<int>() == stream)];
    }

    [Fact]
    public async Task A_log_that_is_away_is_told_and_the_connection_stays()
    {
        await OpenAsync();
        await Sdk.SubscribeAsync("c", "s", Filter("agents", "a1"));
        await Sdk.IsActiveAsync("s");
        await PublishAsync("a1", 1);
        await Sdk.SeesAsync("s", 1);
        await scene.Redis.FreezeAsync();
        try
        {
            JsonObject notice = await Sdk.SawAsync("c", "notice");
            Assert.Equal("log_unavailable", SdkUnderTest.Text(notice, "code"));
        }
        finally
        {
            await scene.Redis.ThawAsync();
        }

        await PublishRetryingAsync(2, 1);
        await Sdk.SeesAsync("s", 2);
        Assert.Equal(Range(2), Sdk.Numbers("s"));
        Assert.Equal(1, Sdk.States("c").Count(status => status == "connected"));
    }

    private static long OffsetOf(string id) => PositionOf(id).Entry.Offset;

    private static EventPosition PositionOf(string id)
    {
        Assert.True(EventPosition.TryParse(id, out EventPosition position), id);
        return position;
    }

    // By the SDK, past the network that is cut: it tries again while a worker is away.
    private async Task PublishRetryingAsync(int from, int count)
    {
        await Sdk.OpenAsync("producer", scene.System.Edge(), [Token]);
        await Sdk.PublishAsync("producer", [.. Enumerable.Range(from, count).Select(number => Event("a1", number))]);
        await Sdk.CloseAsync("producer");
    }
}

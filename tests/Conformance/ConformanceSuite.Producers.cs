using System.Text.Json.Nodes;

namespace Realtime.Tests.Conformance;

// Numbered events, claimed terminals and leases.
public abstract partial class ConformanceSuite
{
    // The shortest that there is.
    private const int LeaseTtl = 10_000;

    [Fact]
    public async Task Numbered_events_are_stored_once_and_in_order_while_workers_are_killed_and_answers_are_lost()
    {
        const int batches = 30, batchEvents = 7;
        await OpenAsync("watches");
        await Sdk.SubscribeAsync("watches", "s", Filter("agents", "a1"));
        await Sdk.WhenActiveAsync("s");
        await OpenAsProducerAsync("publishes", "runner-7", options => options["publish_attempts_max"] = 1_000);
        for (int worker = 0; worker < 2; worker++)
        {
            Task publishing = PublishInBatchesAsync(worker * batches / 2, batches / 2);
            await scene.WithoutWorkerAsync(worker, abruptly: true, () =>
            {
                // Answers under way are lost, of the events that were stored.
                scene.Network.Cut();
                return Task.CompletedTask;
            });
            scene.Network.Cut();
            await publishing;
        }

        await Sdk.SeesAsync("s", batches * batchEvents);
        Assert.Equal(Range(batches * batchEvents), Sdk.Numbers("s"));
        Assert.Empty(Sdk.Of("s", "gap"));

        async Task PublishInBatchesAsync(int from, int count)
        {
            for (int batch = from; batch < from + count; batch++)
            {
                int before = batch * batchEvents;
                await Sdk.PublishAsync(
                    "publishes", [.. Range(batchEvents).Select(number => Event("a1", before + number))]);
            }
        }
    }

    [Fact]
    public async Task A_later_life_of_a_producer_stops_the_one_before()
    {
        await OpenAsProducerAsync("first", "runner-7", epoch: 1_000);
        await OpenAsProducerAsync("second", "runner-7", epoch: 2_000);
        await Sdk.PublishAsync("first", Event("a1", 1), Event("a1", 2));
        await Sdk.PublishAsync("second", Event("a1", 3));
        for (int i = 0; i < 2; i++)
        {
            SdkErrorException stale = await Assert.ThrowsAsync<SdkErrorException>(
                () => Sdk.PublishAsync("first", Event("a1", 9)));
            Assert.Equal("stale_producer", stale.Code);
        }

        await Sdk.PublishAsync("second", Event("a1", 4));
        JsonObject page = await Sdk.DoAsync(
            new JsonObject { ["do"] = "latest", ["client"] = "second", ["agents"] = List("a1"), ["last"] = 100 });
        Assert.Equal(
            [1, 2, 3, 4], page["events"]!.AsArray().Select(one => one!["payload"]!.GetValue<int>()));
    }

    [Fact]
    public async Task A_producer_that_the_log_forgot_begins_anew()
    {
        await OpenAsProducerAsync("c", "runner-7");
        await Sdk.PublishAsync("c", Event("a1", 1), Event("a1", 2));
        await scene.ForgetProducersAsync(_tenant);
        JsonArray results = await Sdk.PublishAsync("c", Event("a1", 3), Event("a1", 4));
        Assert.All(results, result => Assert.False(result!["duplicate"]!.GetValue<bool>()));
        await Sdk.PublishAsync("c", Event("a1", 5));
        JsonObject page = await Sdk.DoAsync(
            new JsonObject { ["do"] = "latest", ["client"] = "c", ["agents"] = List("a1"), ["last"] = 100 });
        Assert.Equal(Range(5), page["events"]!.AsArray().Select(one => one!["payload"]!.GetValue<int>()));
    }

    [Fact]
    public async Task A_terminal_whose_task_is_leased_is_the_holders_until_it_is_given_back()
    {
        await OpenAsProducerAsync("c", "runner-7");
        await OpenAsProducerAsync("other", "runner-8");
        await LeaseAsync("c", "l", task: "t1");
        await AppendAsync("mine"u8.ToArray());
        SdkErrorException leased = await Assert.ThrowsAsync<SdkErrorException>(
            () => LeaseAsync("other", "m", task: "t1"));
        SdkErrorException claimed = await Assert.ThrowsAsync<SdkErrorException>(() => AppendAsAsync("other", "theirs"));
        Assert.Equal(("leased", "claimed"), (leased.Code, claimed.Code));

        await Sdk.DoAsync(new JsonObject { ["do"] = "release", ["lease"] = "l" });
        await LeaseAsync("other", "m", task: "t1");
        SdkErrorException late = await Assert.ThrowsAsync<SdkErrorException>(() => AppendAsync("late"u8.ToArray()));
        Assert.Equal("claimed", late.Code);
        await Sdk.CloseAsync("other");
        await LeaseAsync("c", "n", task: "t1");
    }

    [Fact]
    public async Task A_lease_is_kept_while_its_holder_lives_and_lost_in_the_words_of_the_log_when_it_does_not()
    {
        await OpenAsync("watches");
        await Sdk.SubscribeAsync("watches", "s", Filter("agents", "kept", "gone"));
        await Sdk.WhenActiveAsync("s");
        await OpenAsProducerAsync("c", "runner-7");
        await LeaseAsync("c", "kept", agent: "kept");

        // One that nobody renews: it shows that the time is over for the other too.
        using HttpResponseMessage taken = await Producer.Http.PostAsync(
            "v1/leases",
            new StringContent(
                $$"""{"agent":"gone","holder":"runner-9","epoch":1,"ttl_ms":{{LeaseTtl}}}""",
                System.Net.Http.Headers.MediaTypeHeaderValue.Parse("application/json")));
        Assert.True(taken.IsSuccessStatusCode, await taken.Content.ReadAsStringAsync());
        JsonObject lost = (await Sdk.SawAsync("s", "event"))["event"]!.AsObject();
        Assert.Equal(
            ("agent.lost", "gone", "agent:gone:status", "lost"),
            (SdkUnderTest.Text(lost, "type"), SdkUnderTest.Text(lost, "agent"), SdkUnderTest.Text(lost, "state_key"),
                SdkUnderTest.Text(lost["payload"]!.AsObject(), "status")));

        // A later life of the holder takes the other: its loss is told to the first.
        await OpenAsProducerAsync("later", "runner-7", epoch: 1L << 52);
        await LeaseAsync("later", "taken", agent: "kept");
        Assert.Equal("stale_producer", SdkUnderTest.Text(await Sdk.SawAsync("kept", "lost"), "code"));
        Assert.Single(Sdk.Of("s", "event"));
    }

    private Task OpenAsProducerAsync(string client, string id, Action<JsonObject>? options = null) =>
        OpenAsProducerAsync(client, id, null, options);

    private Task OpenAsProducerAsync(string client, string id, long? epoch, Action<JsonObject>? options = null) =>
        OpenAsync(client, wanted =>
        {
            wanted["producer"] = epoch is { } given
                ? new JsonObject { ["id"] = id, ["epoch"] = given }
                : new JsonObject { ["id"] = id };
            options?.Invoke(wanted);
        });

    private Task<JsonObject> LeaseAsync(string client, string lease, string? agent = null, string? task = null) =>
        Sdk.DoAsync(new JsonObject
        {
            ["do"] = "lease",
            ["client"] = client,
            ["lease"] = lease,
            [agent is null ? "task" : "agent"] = agent ?? task,
            ["ttl"] = LeaseTtl,
        });

    private Task<JsonObject> AppendAsAsync(string client, string text) => Sdk.DoAsync(new JsonObject
    {
        ["do"] = "append_terminal",
        ["client"] = client,
        ["task"] = "t1",
        ["data"] = Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(text)),
    });
}

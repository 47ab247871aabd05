using System.Text.Json.Nodes;

namespace Realtime.Tests.Conformance;

public abstract partial class ConformanceSuite
{
    [Fact]
    public async Task A_slow_application_holds_little_loses_nothing_and_hurts_nobody()
    {
        const int count = 4_000;
        const int step = 100;
        const int bufferItems = 100;
        await OpenAsync("c", options => options["buffer_items"] = bufferItems);
        JsonObject how = Filter("agents", "a1");
        how["consume"] = "manual";
        await Sdk.SubscribeAsync("c", "slow", how);
        await Sdk.SubscribeAsync("c", "fast", Filter("agents", "a1"));
        await Sdk.IsActiveAsync("slow");
        await Sdk.IsActiveAsync("fast");

        // As live as the one who keeps up sees it, so that all of it is not under way at once.
        for (int published = 0; published < count; published += step)
        {
            await PublishManyAsync(published + 1, step);
            await Sdk.SeesAsync("fast", published + step);
        }

        Assert.Equal(Range(count), Sdk.Numbers("fast"));

        // What is on its way when it says stop still comes: a few hundred, not thousands.
        Assert.InRange(await Sdk.BufferedMaxAsync("slow"), bufferItems, count / 2);
        await Sdk.TakeAsync("slow", count);
        Assert.Equal(Range(count), Sdk.Numbers("slow"));
        Assert.Empty(Sdk.Of("slow", "gap"));
    }

    [Fact]
    public async Task A_slow_application_is_resumed_where_it_stood_after_a_break()
    {
        const int count = 1_000;
        await OpenAsync("c", options => options["buffer_items"] = 50);
        JsonObject how = Filter("agents", "a1");
        how["consume"] = "manual";
        await Sdk.SubscribeAsync("c", "s", how);
        await Sdk.IsActiveAsync("s");
        await PublishManyAsync(1, count / 2);
        scene.Network.Cut();
        await Sdk.StateAsync("c", "waiting");
        await PublishManyAsync((count / 2) + 1, count / 2);
        await Sdk.TakeAsync("s", count);
        Assert.Equal(Range(count), Sdk.Numbers("s"));
        Assert.Empty(Sdk.Of("s", "gap"));
    }

    [Fact]
    public async Task A_paused_subscription_is_told_nothing_until_it_is_resumed()
    {
        await OpenAsync();
        await Sdk.SubscribeAsync("c", "s", Filter("agents", "a1"));
        await Sdk.SubscribeAsync("c", "other", Filter("agents", "a1"));
        await Sdk.IsActiveAsync("s");
        await Sdk.IsActiveAsync("other");
        await PublishAsync("a1", 2);
        await Sdk.SeesAsync("s", 2);
        await Sdk.TellAsync("s", "pause");
        await PublishAsync("a1", 3);
        await Sdk.SeesAsync("other", 5);
        Assert.Equal(2, Sdk.Numbers("s").Length);

        // Over a new connection too.
        scene.Network.Cut();
        await Sdk.IsActiveAsync("other", times: 2);
        await PublishAsync("a1", 3);
        await Sdk.SeesAsync("other", 8);
        Assert.Equal(2, Sdk.Numbers("s").Length);

        await Sdk.TellAsync("s", "resume");
        await PublishAsync("a1", 1);
        await Sdk.SeesAsync("s", 9);
        await Sdk.SeesAsync("other", 9);
        Assert.Equal(Range(9), Sdk.Numbers("s"));
        Assert.Equal(Range(9), Sdk.Numbers("other"));
    }

    [Fact]
    public async Task Conflation_leaves_out_values_that_newer_ones_replace_and_counts_them()
    {
        const int count = 2_000;
        static JsonObject Value(int number)
        {
            JsonObject value = Event("a1", number);
            value["state_key"] = "agent:a1:status";
            return value;
        }

        await OpenAsync("c", options => options["buffer_items"] = 10);
        JsonObject how = Filter("agents", "a1");
        how["consume"] = "manual";
        how["conflate"] = true;
        await Sdk.SubscribeAsync("c", "s", how);
        await Sdk.IsActiveAsync("s");
        for (int i = 1; i <= count; i += 100)
        {
            await PublishBatchAsync([.. Enumerable.Range(i, 100).Select(Value)]);
        }

        while (Sdk.Numbers("s") is not [.., count])
        {
            await Sdk.TakeAsync("s", 1);
        }

        int[] seen = Sdk.Numbers("s");
        Assert.Equal(seen.Order(), seen);
        int conflated = Sdk.Of("s", "conflated").Sum(report => report["count"]!.GetValue<int>());
        Assert.True(conflated > 0, "Nothing was left out.");
        Assert.Equal(count, seen.Length + conflated);
    }
}

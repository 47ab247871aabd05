using System.Text.Json.Nodes;

namespace Realtime.Tests.Conformance;

public abstract partial class ConformanceSuite
{
    [Fact]
    public async Task Live_events_reach_every_subscription_that_matches_on_one_socket()
    {
        await OpenAsync();
        await Sdk.SubscribeAsync("c", "all");
        await Sdk.SubscribeAsync("c", "prefix", Filter("agents", "a*"));
        await Sdk.SubscribeAsync("c", "one", Filter("agents", "a1"));
        await Sdk.SubscribeAsync("c", "other", Filter("channels", "tasks"));
        foreach (string name in (string[])["all", "prefix", "one", "other"])
        {
            await Sdk.IsActiveAsync(name);
        }

        void Grouped(JsonObject message) => message["group"] = "g";
        await Producer.PublishAsync("a1", Grouped);
        await Producer.PublishAsync("a2", Grouped);
        await Producer.PublishAsync("b1", Grouped);
        await Producer.PublishAsync("a1", message => { Grouped(message); message["channel"] = "tasks"; });
        await Sdk.SeesAsync("all", 4);

        // All in one stream, and the last one belongs to each: what was to come before it has come.
        await Sdk.SeesAsync("other", 1);
        Assert.Equal([1, 2, 3, 4], Sdk.Numbers("all"));
        Assert.Equal([1, 2, 4], Sdk.Numbers("prefix"));
        Assert.Equal([1, 4], Sdk.Numbers("one"));
        Assert.Equal([4], Sdk.Numbers("other"));
        Assert.All(Sdk.Of("all", "event"), report => Assert.Equal("live", SdkUnderTest.Text(report, "origin")));
        Assert.Equal(["connecting", "connected"], Sdk.States("c"));
    }

    [Fact]
    public async Task Callbacks_are_told_what_iteration_yields()
    {
        await OpenAsync();
        JsonObject how = Filter("agents", "a1");
        how["consume"] = "callbacks";
        how["snapshot"] = true;
        await Producer.PublishAsync("a1", message => message["state_key"] = "agent:a1:status");
        await Sdk.SubscribeAsync("c", "s", how);
        await Sdk.SawAsync("s", "snapshot");
        await Producer.PublishAsync("a1");
        await Sdk.SeesAsync("s", 2);
        Assert.Equal([1, 2], Sdk.Numbers("s"));
        Assert.Equal(["snapshot", "live"], Sdk.Of("s", "event").Select(report => SdkUnderTest.Text(report, "origin")));
    }

    [Fact]
    public async Task An_event_has_all_its_fields()
    {
        await OpenAsync();
        await Sdk.SubscribeAsync("c", "s");
        await Sdk.IsActiveAsync("s");
        string id = await Producer.PublishAsync("a1", message =>
        {
            message["task"] = "t1";
            message["project"] = "p1";
            message["state_key"] = "agent:a1:status";
            message["ts"] = 1795230320698;
            message["payload"] =
                new JsonObject { ["text"] = "héllo \u0001 😀", ["list"] = new JsonArray(1, null, true) };
        });
        JsonObject seen = (await Sdk.SawAsync("s", "event"))["event"]!.AsObject();
        Assert.Equal(id, SdkUnderTest.Text(seen, "id"));
        Assert.Equal("agents", SdkUnderTest.Text(seen, "channel"));
        Assert.Equal("agent.status", SdkUnderTest.Text(seen, "type"));
        Assert.Equal("a1", SdkUnderTest.Text(seen, "agent"));
        Assert.Equal("t1", SdkUnderTest.Text(seen, "task"));
        Assert.Equal("p1", SdkUnderTest.Text(seen, "project"));
        Assert.Equal("agent:a1:status", SdkUnderTest.Text(seen, "state_key"));
        Assert.Equal(1795230320698, seen["ts"]!.GetValue<long>());
        Assert.True(seen["sent"]!.GetValue<long>() > 1795230320698 / 2);
        Assert.Equal(
            """{"text":"h\u00E9llo \u0001 \uD83D\uDE00","list":[1,null,true]}""", seen["payload"]!.ToJsonString());
    }

    [Fact]
    public async Task A_snapshot_is_followed_by_all_that_came_after_it()
    {
        static void Status(JsonObject message) => message["state_key"] = $"agent:{message["agent"]}:status";
        await Producer.PublishAsync("a1", Status);
        await Producer.PublishAsync("a1", Status);
        await Producer.PublishAsync("a2", Status);
        await Producer.PublishAsync("a3", Status);
        await Producer.PublishAsync("a3", message => { Status(message); message["payload"] = null; });
        await OpenAsync();
        await Sdk.SubscribeAsync("c", "s", new JsonObject { ["snapshot"] = true });
        await Sdk.SawAsync("s", "snapshot");
        Assert.Equal([2, 3], Sdk.Numbers("s").Order());
        await Producer.PublishAsync("a1", Status);
        await Sdk.SeesAsync("s", 3);

        // Nothing was lost, so the values do not come again.
        scene.Network.Cut();
        await Sdk.IsActiveAsync("s", times: 2);
        await Producer.PublishAsync("a1", Status);
        await Sdk.SeesAsync("s", 4);
        Assert.Equal([6, 7], Sdk.Numbers("s")[2..]);
        Assert.Single(Sdk.Of("s", "snapshot"));
        Assert.Empty(Sdk.Of("s", "gap"));
    }

    [Fact]
    public async Task A_cursor_counts_what_was_taken_and_leads_another_client_on()
    {
        await OpenAsync();
        JsonObject how = Filter("agents", "a1");
        how["consume"] = "manual";
        await Sdk.SubscribeAsync("c", "s", how);
        await Sdk.IsActiveAsync("s");
        await PublishAsync("a1", 10);
        await Sdk.TakeAsync("s", 4);

        // The fourth is taken when the fifth is asked for: a process that dies in between gets it again.
        JsonArray cursor = await Sdk.CursorAsync("s");
        await Sdk.CloseAsync("c");
        Assert.Equal("closed", Sdk.States("c")[^1]);
        await PublishAsync("a1", 5);

        await OpenAsync("d");
        JsonObject resumed = Filter("agents", "a1");
        resumed["after"] = cursor;
        await Sdk.SubscribeAsync("d", "r", resumed);
        await Sdk.SeesAsync("r", 12);
        await PublishAsync("a1", 1);
        await Sdk.SeesAsync("r", 13);
        Assert.Equal([4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16], Sdk.Numbers("r"));
        Assert.Equal("replay", SdkUnderTest.Text(Sdk.Of("r", "event")[0], "origin"));
        Assert.Equal("live", SdkUnderTest.Text(Sdk.Of("r", "event")[^1], "origin"));
        Assert.Empty(Sdk.Of("r", "gap"));
    }

    [Fact]
    public async Task What_is_unsubscribed_or_closed_is_told_nothing_more()
    {
        await OpenAsync();
        await Sdk.SubscribeAsync("c", "gone");
        await Sdk.SubscribeAsync("c", "stays");
        await Sdk.IsActiveAsync("gone");
        await Sdk.IsActiveAsync("stays");
        await PublishAsync("a1", 1);
        await Sdk.SeesAsync("gone", 1);
        await Sdk.TellAsync("gone", "unsubscribe");
        await PublishAsync("a1", 2);
        await Sdk.SeesAsync("stays", 3);
        Assert.Equal([1], Sdk.Numbers("gone"));

        await Sdk.CloseAsync("c");
        Assert.Equal("closed", Sdk.States("c")[^1]);
        SdkErrorException refused =
            await Assert.ThrowsAsync<SdkErrorException>(() => Sdk.PublishAsync("c", Event("a1", 1)));
        Assert.Equal("closed", refused.Code);
        Assert.Empty(Sdk.Of("stays", "failed"));
    }
}

using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Realtime.Tests.Conformance;

public abstract partial class ConformanceSuite
{
    [Fact]
    public async Task Publishing_over_a_network_that_breaks_stores_each_event_once_and_in_order()
    {
        const int count = 60;
        await OpenAsync("c", options => options["publish_attempts_max"] = 1_000);
        for (int i = 1; i <= count; i++)
        {
            Task<JsonArray> publishing = Sdk.PublishAsync("c", Event("a1", i), Event("a2", i));
            scene.Network.Cut();
            JsonArray results = await publishing;
            Assert.All(results, result => Assert.NotNull(result!["id"]));
        }

        foreach (string agent in (string[])["a1", "a2"])
        {
            JsonElement page = await Producer.GetAsync($"v1/events?agents={agent}&limit=1000");
            Assert.Equal(
                Range(count),
                page.GetProperty("events").EnumerateArray().Select(one => one.GetProperty("payload").GetInt32()));
        }
    }

    [Fact]
    public async Task More_events_than_one_request_takes_are_published_in_order()
    {
        const int count = 2_500;
        await OpenAsync();
        JsonArray results =
            await Sdk.PublishAsync("c", [.. Enumerable.Range(1, count).Select(number => Event("a1", number))]);
        Assert.Equal(count, results.Count);
        Assert.Equal(count, results.Select(result => result!["id"]!.GetValue<string>()).Distinct().Count());

        await Sdk.SubscribeAsync(
            "c", "s", new JsonObject { ["after"] = new JsonArray(results[0]!["id"]!.GetValue<string>()) });
        await Sdk.SeesAsync("s", count - 1);
        Assert.Equal(Range(count).Skip(1), Sdk.Numbers("s"));
    }

    [Fact]
    public async Task The_same_key_is_stored_once()
    {
        await OpenAsync();
        JsonObject Keyed(int number)
        {
            JsonObject one = Event("a1", number);
            one["key"] = "k-1";
            return one;
        }

        JsonNode first = (await Sdk.PublishAsync("c", Keyed(1)))[0]!;
        JsonNode again = (await Sdk.PublishAsync("c", Keyed(1)))[0]!;
        Assert.False(first["duplicate"]!.GetValue<bool>());
        Assert.True(again["duplicate"]!.GetValue<bool>());
        Assert.Equal(first["id"]!.GetValue<string>(), again["id"]!.GetValue<string>());
        SdkErrorException conflict = await Assert.ThrowsAsync<SdkErrorException>(() => Sdk.PublishAsync("c", Keyed(2)));
        Assert.Equal("conflict", conflict.Code);
    }

    [Fact]
    public async Task A_wrong_event_is_refused_with_what_is_wrong()
    {
        await OpenAsync();
        JsonObject wrong = Event("a1", 1);
        wrong["channel"] = "nonsense";
        SdkErrorException refused =
            await Assert.ThrowsAsync<SdkErrorException>(() => Sdk.PublishAsync("c", Event("a1", 1), wrong));
        Assert.Equal("bad_request", refused.Code);
        Assert.Contains("channel", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Publishing_gives_up_at_its_limit()
    {
        scene.Network.Refuse(true);
        await OpenAsync("c", options => options["publish_attempts_max"] = 2);
        SdkErrorException refused =
            await Assert.ThrowsAsync<SdkErrorException>(() => Sdk.PublishAsync("c", Event("a1", 1)));
        Assert.Equal("network", refused.Code);
    }

    [Fact]
    public async Task History_the_latest_events_and_values_are_read()
    {
        static void Status(JsonObject message) => message["state_key"] = $"agent:{message["agent"]}:status";
        for (int i = 0; i < 5; i++)
        {
            await Producer.PublishAsync("a1", Status);
        }

        await Producer.PublishAsync("a2", Status);
        await OpenAsync();
        JsonObject page = await ReadAsync("history", new JsonObject { ["agents"] = List("a1"), ["limit"] = 2 });
        Assert.Equal([1, 2], NumbersOf(page["events"]));
        JsonObject next = await ReadAsync(
            "history", new JsonObject { ["agents"] = List("a1"), ["after"] = page["next"]!.DeepClone() });
        Assert.Equal([3, 4, 5], NumbersOf(next["events"]));

        JsonObject latest = await ReadAsync("latest", new JsonObject { ["agents"] = List("a1"), ["last"] = 2 });
        Assert.Equal([4, 5], NumbersOf(latest["events"]));
        JsonObject older = await ReadAsync("latest", new JsonObject
        {
            ["agents"] = List("a1"),
            ["last"] = 2,
            ["before"] = latest["before"]!.DeepClone(),
        });
        Assert.Equal([2, 3], NumbersOf(older["events"]));

        JsonObject values = await ReadAsync("values", []);
        Assert.Equal(["a1", "a2"], values["agents"]!.AsArray().Select(one => one!["agent"]!.GetValue<string>()));

        // Nothing between the values and what follows them.
        await Sdk.SubscribeAsync("c", "s", new JsonObject { ["after"] = values["cursor"]!.DeepClone() });
        await Sdk.IsActiveAsync("s");
        await PublishAsync("a1", 1);
        await Sdk.SeesAsync("s", 1);
        Assert.Equal([7], Sdk.Numbers("s"));
    }

    [Fact]
    public async Task A_terminals_bytes_are_read()
    {
        await Producer.AppendAsync("t1", Encoding.UTF8.GetBytes("hello, world"));
        await Producer.EndAsync("t1", 4);
        await OpenAsync();
        JsonObject read = await ReadAsync("read_terminal", new JsonObject { ["task"] = "t1", ["from"] = "7" });
        Assert.Equal("world", Encoding.UTF8.GetString(Convert.FromBase64String(read["data"]!.GetValue<string>())));
        Assert.Equal(7, read["offset"]!.GetValue<long>());
        Assert.Equal(12, read["end"]!.GetValue<long>());
        Assert.Equal(4, read["exit_code"]!.GetValue<int>());
        SdkErrorException missing = await Assert.ThrowsAsync<SdkErrorException>(
            () => ReadAsync("read_terminal", new JsonObject { ["task"] = "nothing" }));
        Assert.Equal("not_found", missing.Code);
    }

    private static int[] NumbersOf(JsonNode? events) =>
        [.. events!.AsArray().Select(one => one!["payload"]!.GetValue<int>())];

    private Task<JsonObject> ReadAsync(string what, JsonObject query)
    {
        query["do"] = what;
        query["client"] = "c";
        return Sdk.DoAsync(query);
    }
}

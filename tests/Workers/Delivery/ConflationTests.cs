using System.Text.Json;
using Realtime.Protocol.Subscriptions;
using Realtime.Tests.EndToEnd;
using Realtime.Workers.Delivery;
using static Realtime.Tests.Workers.Delivery.NumberedEvents;

namespace Realtime.Tests.Workers.Delivery;

/// <summary>A subscription that conflates gets the newest of several values, at its own place, and is told how many it
/// replaced.</summary>
public sealed class ConflationTests
{
    // So long that nothing is sent before it is over: what counts is what happens when it is.
    private static readonly DeliveryOptions Slow = new() { ConflationInterval = TimeSpan.FromMilliseconds(300) };

    [Fact]
    public async Task Of_several_values_only_the_newest_comes_and_others_keep_their_order()
    {
        await using var fixture = new DeliveryFixture(Slow);
        await using Viewer viewer = fixture.Open();
        TestSubscription conflating = await viewer.SubscribeAsync("c", EventFilter.All, conflate: true);
        await viewer.ReadUntilAsync("it is subscribed", () => conflating.Active);

        // The first opens an interval; what follows falls into it.
        await fixture.PublishAsync(Numbered(0));
        await viewer.ReadUntilAsync("the first came", () => conflating.Count == 1);
        await fixture.PublishAsync(
        [
            Numbered(1, stateKey: "k"), Numbered(2), Numbered(3, stateKey: "k"), Numbered(4, stateKey: "k"),
            Numbered(5),
        ]);
        await viewer.ReadUntilAsync("the last came", () => conflating.Count == 4);

        Assert.Equal([0, 2, 4, 5], conflating.Seen.Select(seen => seen.Payload.GetInt32()));
        Assert.Equal(2, viewer.Messages.Where(message => Op(message) == "conflated").Sum(message => Count(message)));
        Assert.Empty(viewer.Violations);
    }

    [Fact]
    public async Task A_deletion_comes_behind_the_value_it_deletes()
    {
        await using var fixture = new DeliveryFixture(Slow);
        await using Viewer viewer = fixture.Open();
        TestSubscription conflating = await viewer.SubscribeAsync("c", EventFilter.All, conflate: true);
        await viewer.ReadUntilAsync("it is subscribed", () => conflating.Active);
        await fixture.PublishAsync(Numbered(0));
        await viewer.ReadUntilAsync("the first came", () => conflating.Count == 1);
        await fixture.PublishAsync([Numbered(1, stateKey: "k"), Deletion("k")]);
        await viewer.ReadUntilAsync("the deletion came", () => conflating.Count == 3);
        Assert.Equal(JsonValueKind.Null, conflating.Seen.Last().Payload.ValueKind);
    }

    [Fact]
    public async Task Who_does_not_conflate_gets_every_value_also_on_the_same_connection()
    {
        await using var fixture = new DeliveryFixture(Slow);
        await using Viewer viewer = fixture.Open();
        TestSubscription conflating = await viewer.SubscribeAsync("c", EventFilter.All, conflate: true);
        TestSubscription whole = await viewer.SubscribeAsync("w", EventFilter.All);
        await viewer.ReadUntilAsync("both are subscribed", () => conflating.Active && whole.Active);
        await fixture.PublishAsync([.. Enumerable.Range(0, 50).Select(i => Numbered(i, stateKey: "k"))]);
        await viewer.ReadUntilAsync("all came", () => whole.Count == 50);
        Assert.Equal(Enumerable.Range(0, 50), whole.Seen.Select(seen => seen.Payload.GetInt32()));
    }

    private static string? Op(JsonElement message) => message.GetProperty("op").GetString();

    private static long Count(JsonElement message) => message.GetProperty("count").GetInt64();
}

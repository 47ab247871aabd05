using Realtime.Protocol.Messages;
using Realtime.Protocol.Subscriptions;
using Realtime.Tests.EndToEnd;
using static Realtime.Tests.Workers.Delivery.NumberedEvents;

namespace Realtime.Tests.Workers.Delivery;

/// <summary>A snapshot and what follows it are one consistent story.</summary>
public sealed class SnapshotTests
{
    [Fact]
    public async Task Values_and_the_events_behind_them_make_the_present_state_while_it_changes()
    {
        await using var fixture = new DeliveryFixture(partitions: 4);
        const int Rounds = 300;
        Task publishing = Task.Run(async () =>
        {
            for (int i = 0; i < Rounds; i++)
            {
                await fixture.PublishAsync(Numbered(i, $"a{i % 7}", $"agent:a{i % 7}:status"));
            }
        });
        for (int viewers = 0; viewers < 20; viewers++)
        {
            await using Viewer viewer = fixture.Open();
            TestSubscription subscription = await viewer.SubscribeAsync("s", EventFilter.All, snapshot: true);
            await viewer.ReadUntilAsync("the snapshot ended", () => viewer.Has("snapshot"));
            await viewer.SendAsync(new ClientMessage.Ping("end"));
            await viewer.ReadUntilAsync("it answered", () => viewer.Has("pong"));

            // Each value is followed, per agent, by exactly the values after it.
            foreach (IGrouping<string?, int> agent in subscription.SnapshotValues.Concat(subscription.Seen)
                .GroupBy(seen => seen.Envelope.Agent, seen => seen.Payload.GetInt32()))
            {
                int first = agent.First();
                Assert.Equal(Enumerable.Range(0, agent.Count()).Select(i => first + (7 * i)), agent);
            }
        }

        await publishing;
    }

    [Fact]
    public async Task Only_latest_values_that_match_are_sent_and_deleted_ones_are_not()
    {
        await using var fixture = new DeliveryFixture();
        await fixture.PublishAsync(
        [
            Numbered(1, "a1", "k1"), Numbered(2, "a1", "k2"), Numbered(3, "a2", "k3"), Numbered(4, "a1", "k1"),
            Deletion("k2"), Numbered(5, "a1"),
        ]);
        await using Viewer viewer = fixture.Open();
        Assert.True(NamePattern.TryParse("a1", out NamePattern a1));
        TestSubscription subscription = await viewer.SubscribeAsync(
            "s", new EventFilter { Agents = [a1] }, snapshot: true);
        await viewer.ReadUntilAsync("the snapshot ended", () => viewer.Has("snapshot"));
        Assert.Equal([4], subscription.SnapshotValues.Select(seen => seen.Payload.GetInt32()));
        Assert.Empty(subscription.Seen);
    }

    [Fact]
    public async Task Who_is_recovered_gets_no_snapshot()
    {
        await using var fixture = new DeliveryFixture();
        await fixture.PublishAsync(Numbered(1, stateKey: "k"));
        await using Viewer first = fixture.Open();
        TestSubscription subscription = await first.SubscribeAsync("s", EventFilter.All);
        await first.ReadUntilAsync("it is subscribed", () => subscription.Active);
        await fixture.PublishAsync(Numbered(2, stateKey: "k"));
        await using Viewer second = fixture.Open();
        await second.SubscribeAsync("s", EventFilter.All, snapshot: true, known: subscription);
        await second.ReadUntilAsync("what was missed came", () => subscription.Count == 1);
        Assert.False(second.Has("snapshot"));
        Assert.Empty(subscription.SnapshotValues);
    }
}

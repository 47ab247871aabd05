using System.Text.Json;
using Realtime.Log;
using Realtime.Protocol;
using Realtime.Protocol.Messages;
using Realtime.Protocol.Subscriptions;
using Realtime.Tests.EndToEnd;
using static Realtime.Tests.Workers.Delivery.NumberedEvents;

namespace Realtime.Tests.Workers.Delivery;

/// <summary>What a subscription is told at its beginning is told once and whole, whatever the client asks right behind
/// it.</summary>
public sealed class SubscriptionStartTests
{
    [Fact]
    public async Task A_gap_in_one_stream_costs_the_whole_ones_nothing_where_a_snapshot_is_wanted()
    {
        await using var fixture = new DeliveryFixture(
            partitions: 2, logOptions: new LogOptions { EntriesPerStreamMax = 10 });
        (string whole, string trimmed) = (AgentOn(fixture, 0), AgentOn(fixture, 1));
        await using Viewer first = fixture.Open();
        TestSubscription before = await first.SubscribeAsync("s", EventFilter.All);
        await first.ReadUntilAsync("it is subscribed", () => before.Active);
        IReadOnlyList<EventPosition> begin = before.Cursor;
        await fixture.PublishAsync([.. Enumerable.Range(0, 5).Select(i => Numbered(i, whole))]);
        await fixture.PublishAsync([.. Enumerable.Range(0, 40).Select(i => Numbered(i, trimmed, "k"))]);
        await first.ReadUntilAsync(
            "the worker knows", () => before.Seen.Select(seen => seen.Envelope.Agent).Distinct().Count() == 2);

        await using Viewer second = fixture.Open();
        TestSubscription subscription = await second.SubscribeAsync("s", EventFilter.All, snapshot: true, after: begin);
        await second.ReadUntilAsync("what was whole came", () => second.Has("snapshot") && subscription.Count == 5);
        Assert.All(subscription.Seen, seen => Assert.Equal(whole, seen.Envelope.Agent));
        Assert.Equal([39], subscription.SnapshotValues.Select(seen => seen.Payload.GetInt32()));
        JsonElement gap = second.Messages.Single(message => message.GetProperty("op").GetString() == "gap");
        Assert.Equal(1, gap.GetProperty("partition").GetInt32());
        Assert.Equal(40, gap.GetProperty("missing").GetInt64());

        // The gap reaches to where the values stand, and the next event follows it.
        await fixture.PublishAsync(Numbered(40, trimmed));
        await second.ReadUntilAsync("the next came", () => subscription.Count == 6);
        Assert.Equal(
            gap.GetProperty("resumes_at").GetString()!.Split('-')[1],
            subscription.Seen.Last().Position.ToString().Split('-')[1]);
        Assert.Empty(second.Violations);
    }

    [Fact]
    public async Task A_pause_right_behind_the_subscription_swallows_no_gap()
    {
        await using var fixture = new DeliveryFixture(logOptions: new LogOptions { EntriesPerStreamMax = 10 });
        await fixture.PublishAsync([.. Enumerable.Range(0, 40).Select(i => Numbered(i))]);
        StreamOpening opening = await fixture.Log.OpenAsync(new StreamKey(DeliveryFixture.Tenant, 0), default);
        await using Viewer viewer = fixture.Open();
        TestSubscription subscription = await viewer.SubscribeAsync(
            "s", EventFilter.All, after: [new EventPosition(0, EntryId.Zero, opening.End.Epoch)]);
        await viewer.SendAsync(new ClientMessage.Pause("s"));
        await viewer.SendAsync(new ClientMessage.Resume("s"));
        await viewer.ReadUntilAsync(
            "all that is left came and it goes on",
            () => subscription.Count == 10 && viewer.Messages.Count(Is("subscribed")) == 2);
        Assert.Equal(
            ["welcome", "subscribed", "gap", "paused", "subscribed"],
            viewer.Messages.Select(message => message.GetProperty("op").GetString()!));
        Assert.Empty(viewer.Violations);
    }

    [Fact]
    public async Task A_paused_terminal_is_silent_until_it_is_subscribed_again()
    {
        await using var fixture = new DeliveryFixture();
        var terminal = new TerminalKey(DeliveryFixture.Tenant, "t1");
        await fixture.Log.AppendTerminalAsync(terminal, new TerminalAppend { Data = new byte[10] }, default);
        await using Viewer viewer = fixture.Open();
        await viewer.SendAsync(new ClientMessage.SubscribeTerminal("t", "t1", TerminalFrom.Start));
        await viewer.ReadUntilAsync("its bytes came", () => viewer.Has("terminal"));
        await viewer.SendAsync(new ClientMessage.Pause("t"));
        await viewer.ReadUntilAsync("it is paused", () => viewer.Has("paused"));
        await fixture.Log.AppendTerminalAsync(terminal, new TerminalAppend { Data = new byte[7] }, default);
        await viewer.SendAsync(new ClientMessage.Ping("nothing"));
        await viewer.ReadUntilAsync("it answered", () => viewer.Has("pong"));
        await viewer.SendAsync(new ClientMessage.Resume("t"));
        await viewer.ReadUntilAsync("the rest came", () => viewer.Messages.Count(Is("terminal")) == 2);
        Assert.Equal(
            ["welcome", "subscribed", "terminal", "paused", "pong", "subscribed", "terminal"],
            viewer.Messages.Select(message => message.GetProperty("op").GetString()!));
        Assert.Equal(10, viewer.Messages.Last(message => Is("subscribed")(message)).GetProperty("offset").GetInt64());
    }

    private static Func<JsonElement, bool> Is(string op) => message => message.GetProperty("op").GetString() == op;

    private static string AgentOn(DeliveryFixture fixture, int partition) =>
        Enumerable.Range(0, 100).Select(i => $"agent-{i}")
            .First(agent => Partitioner.Of(DeliveryFixture.Tenant, agent, fixture.Log.PartitionCount) == partition);
}

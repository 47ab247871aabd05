using System.Text.Json;
using Realtime.Log;
using Realtime.Protocol;
using Realtime.Protocol.Subscriptions;
using Realtime.Tests.EndToEnd;
using Realtime.Workers.Delivery;
using Realtime.Workers.Tail;
using static Realtime.Tests.Workers.Delivery.NumberedEvents;

namespace Realtime.Tests.Workers.Delivery;

/// <summary>What is gone is told, with how much and why, and what is left follows.</summary>
public sealed class GapTests
{
    private static readonly LogOptions Short = new() { EntriesPerStreamMax = 10 };

    [Fact]
    public async Task Who_comes_back_after_retention_is_told_how_much_is_missing()
    {
        await using var fixture = new DeliveryFixture(
            tail: new TailOptions { RecentEntriesMax = 16 }, logOptions: Short);
        await using Viewer first = fixture.Open();
        TestSubscription before = await first.SubscribeAsync("s", EventFilter.All);
        await first.ReadUntilAsync("it is subscribed", () => before.Active);
        IReadOnlyList<EventPosition> begin = before.Cursor;
        await fixture.PublishAsync([.. Enumerable.Range(0, 40).Select(i => Numbered(i))]);
        await first.ReadUntilAsync("the worker knows", () => before.Count > 0);
        await using Viewer second = fixture.Open();
        TestSubscription subscription = await second.SubscribeAsync("s", EventFilter.All, after: begin);
        await second.ReadUntilAsync("what is left came", () => subscription.Count == 10);

        JsonElement subscribed = second.Messages.Single(
            message => message.GetProperty("op").GetString() == "subscribed");
        Assert.False(subscribed.GetProperty("recovered").GetBoolean());
        Assert.Equal("retention", subscribed.GetProperty("reason").GetString());
        JsonElement gap = second.Messages.Single(message => message.GetProperty("op").GetString() == "gap");
        Assert.Equal(30, gap.GetProperty("missing").GetInt64());
        Assert.Equal(gap.GetProperty("resumes_at").GetString(), subscription.Seen.First().Position.ToString());
        Assert.Equal(Enumerable.Range(30, 10), subscription.Seen.Select(seen => seen.Payload.GetInt32()));
        Assert.Empty(second.Violations);
    }

    [Fact]
    public async Task A_viewer_that_stalls_beyond_retention_is_told_on_the_open_connection()
    {
        await using var fixture = new DeliveryFixture(
            new DeliveryOptions { RingEventsMax = 16 }, new TailOptions { RecentEntriesMax = 16 }, logOptions: Short);
        await using Viewer viewer = fixture.Open(bufferBytes: 512);
        TestSubscription subscription = await viewer.SubscribeAsync("s", EventFilter.All);
        await viewer.ReadUntilAsync("it is subscribed", () => subscription.Active);
        for (int i = 0; i < 400; i++)
        {
            await fixture.PublishAsync(Numbered(i));
        }

        await viewer.ReadUntilAsync(
            "the last came", () => subscription.Seen.LastOrDefault() is { } last && last.Payload.GetInt32() == 399);
        long missing = viewer.Messages.Where(message => message.GetProperty("op").GetString() == "gap")
            .Sum(message => message.GetProperty("missing").GetInt64());
        Assert.True(missing > 0);
        Assert.Equal(400, subscription.Count + missing);
        Assert.Empty(viewer.Violations);
    }

    [Theory]
    [InlineData("0:5-5.zzzzzz")]
    [InlineData("0:5-5.")]
    public async Task A_cursor_that_does_not_stand_is_told_and_everything_retained_follows(string after)
    {
        await using var fixture = new DeliveryFixture();
        await fixture.PublishAsync([.. Enumerable.Range(0, 5).Select(i => Numbered(i))]);
        StreamOpening opening = await fixture.Log.OpenAsync(new StreamKey(DeliveryFixture.Tenant, 0), default);
        string cursor = after.EndsWith('.') ? after + opening.End.Epoch : after;
        Assert.True(EventPosition.TryParse(cursor, out EventPosition position));
        await using Viewer viewer = fixture.Open();
        TestSubscription subscription = await viewer.SubscribeAsync("s", EventFilter.All, after: [position]);
        await viewer.ReadUntilAsync("all came", () => subscription.Count == 5);
        JsonElement gap = viewer.Messages.Single(message => message.GetProperty("op").GetString() == "gap");
        Assert.Equal("epoch", gap.GetProperty("reason").GetString());
    }

    [Fact]
    public async Task When_history_is_replaced_under_a_live_viewer_it_is_told_and_goes_on()
    {
        await using var fixture = new DeliveryFixture();
        var stream = new StreamKey(DeliveryFixture.Tenant, 0);
        await using Viewer viewer = fixture.Open();
        TestSubscription subscription = await viewer.SubscribeAsync("s", EventFilter.All);
        await viewer.ReadUntilAsync("it is subscribed", () => subscription.Active);
        await fixture.PublishAsync([Numbered(1), Numbered(2), Numbered(3)]);
        await viewer.ReadUntilAsync("it is live", () => subscription.Count == 3);

        // As another worker does that found only the first entry still there.
        StreamOpening opening = await fixture.Log.OpenAsync(stream, default);
        await fixture.Log.RenewEpochAsync(stream, opening.End, [subscription.Seen.First().Position.Entry], default);
        await fixture.PublishAsync(Numbered(4));
        await viewer.ReadUntilAsync(
            "the new one came", () => subscription.Seen.LastOrDefault() is { } last && last.Payload.GetInt32() == 4);
        JsonElement gap = viewer.Messages.Single(message => message.GetProperty("op").GetString() == "gap");
        Assert.Equal("epoch", gap.GetProperty("reason").GetString());
        Assert.Equal(2, gap.GetProperty("missing").GetInt64());
        Assert.Empty(viewer.Violations);
    }
}

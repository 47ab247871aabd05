using Realtime.Client;
using Realtime.Client.Subscriptions;
using static Realtime.Tests.Client.FeedFixture;

namespace Realtime.Tests.Client;

/// <summary>What belongs to a subscription, and from where it goes on after a break.</summary>
public sealed class EventFeedTests
{
    private readonly FeedFixture _server = new();

    [Fact]
    public void A_new_connection_resumes_at_what_was_received_not_at_what_was_taken()
    {
        EventFeed feed = _server.Subscribe(new EventSubscriptionOptions { Agents = ["a1"] });
        Assert.Equal(["""{"op":"subscribe","id":"s1","agents":["a1"]}"""], _server.SentTexts());
        _server.Say(Subscribed("s1", 1));
        _server.Say(Event(2));
        _server.Say(Event(3));
        Assert.Equal([Position(1)], feed.Cursor);

        _server.Break();
        Assert.Equal(SubscriptionStatus.Subscribing, feed.Control.Status);
        Assert.Equal(At(3), Assert.Single(_server.Sent())["after"]![0]!.GetValue<string>());
        _server.Say(Subscribed("s1", 3, recovered: true));
        _server.Say(Replay("s1", Event(3), Event(4)));
        Assert.Equal(["2", "3", "4"], TakeAll(Read(feed), 3));
    }

    [Fact]
    public void Before_the_first_confirmation_it_asks_as_at_first()
    {
        EventFeed feed = _server.Subscribe(new EventSubscriptionOptions { After = [Position(9)], Snapshot = true });
        string[] asked = [.. _server.SentTexts()];
        _server.Break();

        Assert.Equal([$$"""{"op":"subscribe","id":"s1","after":["{{At(9)}}"],"snapshot":true}"""], asked);
        Assert.Equal(asked, _server.SentTexts());
        Assert.Equal([Position(9)], feed.Cursor);
    }

    [Fact]
    public void An_empty_after_counts_as_none()
    {
        _server.Subscribe(new EventSubscriptionOptions { After = [] });
        Assert.Equal(["""{"op":"subscribe","id":"s1"}"""], _server.SentTexts());
        _server.Break();
        Assert.Equal(["""{"op":"subscribe","id":"s1"}"""], _server.SentTexts());
    }

    [Fact]
    public async Task A_live_event_outside_of_active_is_not_its_own()
    {
        EventFeed early = _server.Subscribe();
        _server.Sent();
        _server.Say(Event(1));
        _server.Say(Subscribed("s1", 1));
        _server.Say(Event(2));
        Task pausing = early.Control.PauseAsync(CancellationToken.None);
        Assert.Equal(["""{"op":"pause","id":"s1"}"""], _server.SentTexts());

        // On its way when `pause` was sent, then after `paused`, then before `resume` is answered.
        _server.Say(Event(3));
        _server.Say($$"""{"op":"paused","id":"s1","cursor":["{{At(3)}}"]}""");
        await pausing.WaitAsync(TimeSpan.FromSeconds(10));
        _server.Say(Event(5));
        Task resuming = early.Control.ResumeAsync(CancellationToken.None);
        Assert.Equal(["""{"op":"resume","id":"s1"}"""], _server.SentTexts());
        _server.Say(Event(6));
        Assert.False(resuming.IsCompleted);
        _server.Say(Subscribed("s1", 3, recovered: true));
        _server.Say(Replay("s1", Event(4), Event(5), Event(6)));
        await resuming.WaitAsync(TimeSpan.FromSeconds(10));

        Assert.Equal(["2", "3", "4", "5", "6"], TakeAll(Read(early), 5));
    }

    [Fact]
    public void What_is_replayed_is_told_to_the_one_it_is_for_and_once()
    {
        EventFeed one = _server.Subscribe();
        EventFeed other = _server.Subscribe(new EventSubscriptionOptions { Agents = ["a2"] });
        _server.Sent();
        _server.Say(Subscribed("s1", 1));
        _server.Say(Subscribed("s2", 1));
        _server.Say(Replay("s2", Event(2)));
        _server.Say(Replay("s9", Event(3)));
        _server.Say(Event(4));
        _server.Say(Replay("s1", Event(4)));
        _server.Say(Event(5, agent: "a2"));

        Assert.Equal(["4", "5"], TakeAll(Read(one), 2));
        Assert.Equal(["2", "5"], TakeAll(Read(other), 2));
    }

    [Fact]
    public void A_loss_is_told_with_its_gap_and_the_cursor_behind_the_gap_is_adopted_after_the_values()
    {
        EventFeed feed = _server.Subscribe(new EventSubscriptionOptions { Snapshot = true });
        _server.Sent();
        _server.Say(Subscribed("s1", 1));
        _server.Say($$"""{"op":"snapshot","id":"s1","end":true,"cursor":["{{At(1)}}"]}""");
        IAsyncEnumerator<SubscriptionItem> reader = Read(feed);
        Assert.Equal(["snapshot"], TakeAll(reader, 1));
        _server.Break();
        Assert.True(Assert.Single(_server.Sent())["snapshot"]!.GetValue<bool>());
        _server.Say(Subscribed("s1", 1, recovered: false));
        _server.Say(
            $$"""
            {"op":"gap","id":"s1","partition":3,"after":"{{At(1)}}","resumes_at":"{{At(9)}}","cursor":"{{At(8)}}",
            "missing":7,"reason":"retention"}
            """);
        Assert.Equal(["gap 7"], TakeAll(reader, 1));
        _server.Say(Replay("s1", Event(8, isValue: true)));
        Assert.Equal(["value 8"], TakeAll(reader, 1));
        Assert.Equal([Position(1)], feed.Cursor);

        // The gap's cursor covers 8: it is not told as an event.
        _server.Say($$"""{"op":"snapshot","id":"s1","end":true,"cursor":["{{At(8)}}"]}""");
        _server.Say(Event(8));
        _server.Say(Event(9));
        Assert.Equal(["snapshot", "9"], TakeAll(reader, 2));
        Assert.Equal([Position(8)], feed.Cursor);
        _server.Break();
        Assert.Equal(At(9), Assert.Single(_server.Sent())["after"]![0]!.GetValue<string>());
    }

    [Fact]
    public void A_gap_into_another_epoch_moves_the_cursor_there()
    {
        EventFeed feed = _server.Subscribe();
        _server.Sent();
        _server.Say(Subscribed("s1", 90));
        _server.Say(
            $$"""
            {"op":"gap","id":"s1","partition":3,"after":"{{At(90)}}","resumes_at":"{{At(1, "zz81mm")}}",
            "cursor":"3:0-0.zz81mm","missing":null,"reason":"epoch"}
            """);
        _server.Say(Event(1, epoch: "zz81mm"));

        Assert.Equal(["gap ", "1"], TakeAll(Read(feed), 2));
        _server.Break();
        Assert.Equal(At(1, "zz81mm"), Assert.Single(_server.Sent())["after"]![0]!.GetValue<string>());
    }

    [Fact]
    public void What_was_conflated_is_told_and_moves_no_cursor()
    {
        EventFeed feed = _server.Subscribe(new EventSubscriptionOptions { Conflate = true });
        Assert.Equal(["""{"op":"subscribe","id":"s1","conflate":true}"""], _server.SentTexts());
        _server.Say(Subscribed("s1", 1));
        _server.Say("""{"op":"conflated","id":"s1","count":41}""");

        Assert.Equal(["conflated 41"], TakeAll(Read(feed), 1));
        Assert.Equal([Position(1)], feed.Cursor);
    }

    [Fact]
    public async Task What_is_refused_for_good_fails_this_subscription_alone_after_what_came()
    {
        EventFeed refused = _server.Subscribe();
        EventFeed other = _server.Subscribe();
        _server.Sent();
        _server.Say(Subscribed("s1", 1));
        _server.Say(Event(2));
        _server.Say(
            """{"op":"error","code":"forbidden","detail":"no","request":"subscribe","id":"s1","retry":false}""");
        IAsyncEnumerator<SubscriptionItem> reader = Read(refused);

        Assert.Equal(["2"], TakeAll(reader, 1));
        Assert.Equal(
            "forbidden", (await Assert.ThrowsAsync<RealtimeException>(async () => await reader.MoveNextAsync())).Code);
        Assert.Equal(
            (SubscriptionStatus.Closed, SubscriptionStatus.Subscribing),
            (refused.Control.Status, other.Control.Status));
    }

    [Fact]
    public void A_cursor_that_is_none_is_against_the_protocol()
    {
        _server.Subscribe();
        _server.Sent();
        var violation = Assert.Throws<RealtimeException>(
            () => _server.Say("""{"op":"subscribed","id":"s1","cursor":["x"]}"""));
        Assert.Equal(ClientErrorCodes.Protocol, violation.Code);
    }
}

using System.Text.Json.Nodes;
using Realtime.Client;
using Realtime.Client.Subscriptions;
using static Realtime.Tests.Client.FeedFixture;

namespace Realtime.Tests.Client;

/// <summary>A snapshot that a break cut off: its values come anew, and no event is lost or told twice.</summary>
public sealed class ValuesRefillTests
{
    private static readonly EventSubscriptionOptions Wanted =
        new() { Agents = ["a1"], Snapshot = true, Conflate = true };

    private readonly FeedFixture _server = new();
    private readonly EventFeed _feed;
    private readonly IAsyncEnumerator<SubscriptionItem> _reader;

    public ValuesRefillTests()
    {
        _feed = _server.Subscribe(Wanted);
        _reader = Read(_feed);
        _server.Sent();
        _server.Say(Subscribed("s1", 1));
        _server.Say(Replay("s1", Event(1, isValue: true)));
        Assert.Equal(["value 1"], TakeAll(_reader, 1));
        Assert.Empty(_feed.Cursor);
        _server.Break();
    }

    [Fact]
    public void The_values_are_asked_for_beside_it_while_the_cursor_holds_still()
    {
        string refill = Resume();
        _server.Say(Subscribed(refill, 3));
        _server.Say(Replay("s1", Event(2)));
        _server.Say(Replay(refill, Event(3, isValue: true)));
        _server.Say(Replay(refill, Event(3)));
        Assert.Equal(["2", "value 3"], TakeAll(_reader, 2));
        Assert.Empty(_feed.Cursor);

        _server.Say(SnapshotOf(refill));
        Assert.Equal([$$"""{"op":"unsubscribe","id":"{{refill}}"}"""], _server.SentTexts());
        _server.Say(Replay("s1", Event(3)));
        _server.Say(Event(4));
        Assert.Equal(["snapshot", "3", "4"], TakeAll(_reader, 3));
        Assert.Equal([Position(3)], _feed.Cursor);

        // It is over: the next connection asks for one subscription alone.
        _server.Break();
        Assert.Equal("s1", Assert.Single(_server.Sent())["id"]!.GetValue<string>());
        _server.Say(Subscribed("s1", 4, recovered: true));
        Assert.Empty(_server.Sent());
    }

    [Fact]
    public void Refused_for_now_or_cut_off_again_they_are_asked_for_again()
    {
        string first = Resume();
        _server.Say(Refusal(first, "log_unavailable", retry: true));
        Assert.Empty(_server.Sent());
        _server.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(first, Assert.Single(_server.Sent())["id"]!.GetValue<string>());

        _server.Break();
        string second = Resume();
        Assert.NotEqual(first, second);
        _server.Say(Subscribed(second, 1));
        _server.Say(Replay(second, Event(1, isValue: true)));
        _server.Say(SnapshotOf(second));
        Assert.Equal(["value 1", "snapshot"], TakeAll(_reader, 2));
    }

    [Fact]
    public void At_the_limit_of_subscriptions_they_wait_for_room_and_harm_nothing()
    {
        string refill = Resume();
        _server.Say(Refusal(refill, "too_many"));
        Assert.Equal(SubscriptionStatus.Active, _feed.Control.Status);
        _server.Say(Event(2));
        Assert.Equal(["2"], TakeAll(_reader, 1));
        _server.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(refill, Assert.Single(_server.Sent())["id"]!.GetValue<string>());
        _server.Say(Subscribed(refill, 2));
        _server.Say(Replay(refill, Event(2, isValue: true)));
        _server.Say(SnapshotOf(refill));
        Assert.Equal(["value 2", "snapshot"], TakeAll(_reader, 2));
    }

    [Fact]
    public void While_more_waits_than_may_they_are_not_asked_for_again()
    {
        string refill = Resume();
        _server.Say(Refusal(refill, "log_unavailable", retry: true));
        for (int number = 2; number <= 10; number++)
        {
            _server.Say(Event(number));
        }

        Assert.Equal(["pause"], _server.Sent().Select(sent => sent["op"]!.GetValue<string>()));
        _server.Clock.Advance(TimeSpan.FromSeconds(10));
        Assert.Empty(_server.Sent());

        TakeAll(_reader, 9);
        Assert.Equal(refill, Assert.Single(_server.Sent())["id"]!.GetValue<string>());
    }

    [Fact]
    public void Lost_events_bring_the_values_by_the_main_subscription_and_no_other()
    {
        _server.Sent();
        _server.Say(Subscribed("s1", 5, recovered: false));
        Assert.Empty(_server.Sent());
        _server.Say(Replay("s1", Event(5, isValue: true)));
        _server.Say(SnapshotOf("s1"));
        _server.Say(Event(6));

        Assert.Equal(["value 5", "snapshot", "6"], TakeAll(_reader, 3));
        Assert.Equal([Position(5)], _feed.Cursor);
    }

    [Fact]
    public async Task Refused_for_good_they_fail_the_subscription()
    {
        string refill = Resume();
        _server.Say(Refusal(refill, "forbidden"));

        Assert.Equal(
            "forbidden", (await Assert.ThrowsAsync<RealtimeException>(async () => await _reader.MoveNextAsync())).Code);
        Assert.DoesNotContain(_server.Context.Registry.All, feed => feed is ValuesRefill);
    }

    [Fact]
    public void Whoever_leaves_meanwhile_leaves_both()
    {
        string refill = Resume();
        _feed.Leave();

        Assert.Equal(
            ["""{"op":"unsubscribe","id":"s1"}""", $$"""{"op":"unsubscribe","id":"{{refill}}"}"""],
            _server.SentTexts().Order());
        Assert.Empty(_server.Context.Registry.All);
    }

    [Fact]
    public void A_client_that_is_closed_leaves_nothing_behind()
    {
        Resume();
        _server.Context.Registry.CloseAll(null);
        Assert.Empty(_server.Sent());
        Assert.Empty(_server.Context.Registry.All);
    }

    private static string SnapshotOf(string id) =>
        $$"""{"op":"snapshot","id":"{{id}}","end":true,"cursor":["{{At(5)}}"]}""";

    private static string Refusal(string id, string code, bool retry = false) =>
        $$"""
        {"op":"error","code":"{{code}}","detail":"","request":"subscribe","id":"{{id}}",
        "retry":{{(retry ? "true" : "false")}}}
        """;

    // The server sees nothing lost. Returns under which id values are asked for.
    private string Resume()
    {
        Assert.Equal(At(1), Assert.Single(_server.Sent())["after"]![0]!.GetValue<string>());
        _server.Say(Subscribed("s1", 1, recovered: true));
        JsonObject asked = Assert.Single(_server.Sent());
        string id = asked["id"]!.GetValue<string>();
        Assert.StartsWith("s1.values", id, StringComparison.Ordinal);
        Assert.Equal($$"""{"op":"subscribe","id":"{{id}}","agents":["a1"],"snapshot":true}""", asked.ToJsonString());
        return id;
    }
}

using System.Text.Json;
using Realtime.Hosting.Identity;
using Realtime.Log.Revocations;
using Realtime.Protocol.Events;
using Realtime.Protocol.Messages;
using Realtime.Protocol.Subscriptions;
using Realtime.Tests.EndToEnd;
using Realtime.Tests.Support;
using Realtime.Workers.Delivery;
using static Realtime.Tests.Workers.Delivery.NumberedEvents;

namespace Realtime.Tests.Workers.Delivery;

/// <summary>Fresh tokens on an open connection whose grants are others: what each subscription shows from then on.
/// </summary>
public sealed class RenewalTests
{
    [Fact]
    public async Task Changed_grants_hold_from_the_next_event_on_and_the_cursor_goes_on()
    {
        await using var fixture = new DeliveryFixture();
        await using Viewer viewer = fixture.Open(scope: "read:agents/a1 read:agents/a2");
        TestSubscription subscription = await viewer.SubscribeAsync("s", EventFilter.All);
        await viewer.ReadUntilAsync("it is subscribed", () => subscription.Active);
        await fixture.PublishAsync(Numbered(1, "a1"), Numbered(2, "a2"), Numbered(3, "a3"));
        await viewer.ReadUntilAsync("both came", () => subscription.Count == 2);

        await RenewAsync(viewer, "read:agents/a2 read:agents/a3");
        await fixture.PublishAsync(Numbered(4, "a1"), Numbered(5, "a2"), Numbered(6, "a3"));
        await viewer.ReadUntilAsync("what both cover and what is new came", () => subscription.Count == 4);

        Assert.Equal([1, 2, 5, 6], Numbers(subscription));
        Assert.Equal(0, subscription.Dropped);
        Assert.Empty(viewer.Violations);
        Assert.Single(viewer.Messages, message => Op(message) == "subscribed");
    }

    [Theory]
    [InlineData(64, 65_536)]
    [InlineData(4, 65_536)]
    [InlineData(16, 512)]
    public async Task Nothing_that_old_and_fresh_grants_cover_is_lost_or_doubled_while_tokens_change(
        int ring, int bufferBytes)
    {
        const int Rounds = 40;
        const int PerRound = 25;
        await using var fixture = new DeliveryFixture(
            new DeliveryOptions { RingEventsMax = Math.Max(16, ring) }, partitions: 4);
        await using Viewer viewer = fixture.Open(bufferBytes, "read:agents/a1 read:agents/a2");
        TestSubscription all = await viewer.SubscribeAsync("all", EventFilter.All);
        TestSubscription agents = await viewer.SubscribeAsync(
            "agents", EventFilter.All with { Channels = default(ChannelSet).With(Channel.Agents) });
        await viewer.ReadUntilAsync("it is subscribed", () => all.Active && agents.Active);
        Task publishing = PublishAsync(fixture, Rounds * PerRound);
        for (int round = 0; round < Rounds / 2; round++)
        {
            bool isNarrow = round % 2 == 0;
            await RenewAsync(viewer, isNarrow
                ? "read:agents/a2 read:agents/a3"
                : "read:agents/a1 read:agents/a2 read:channels/agents");
            if (isNarrow)
            {
                int at = all.Count;
                await viewer.ReadUntilAsync("some came", () => all.Count >= at + 10 || publishing.IsCompleted);
                Assert.DoesNotContain(all.Seen.Skip(at), seen => seen.Envelope.Agent == "a1");
            }
        }

        await publishing;
        int[] expected = [.. Enumerable.Range(0, Rounds * PerRound).Where(i => i % 3 == 1)];
        await viewer.ReadUntilAsync("all of the agent that was always granted came", () =>
            Of(all, "a2").Length == expected.Length && Of(agents, "a2").Length == expected.Length);

        Assert.Equal(expected, Of(all, "a2"));
        Assert.Equal(expected, Of(agents, "a2"));
        Assert.Equal(0, all.Dropped);
        Assert.Empty(viewer.Violations);
    }

    [Theory]
    [InlineData(5)] // They wait in the ring.
    [InlineData(200)] // More than the ring holds: it is behind.
    public async Task What_waits_for_a_slow_viewer_is_looked_at_again(int waiting)
    {
        await using var fixture = new DeliveryFixture(new DeliveryOptions { RingEventsMax = 64 });
        await using Viewer viewer = fixture.Open(bufferBytes: 512, scope: "read:agents/a1 read:agents/a2");
        TestSubscription subscription = await viewer.SubscribeAsync("s", EventFilter.All);
        await viewer.ReadUntilAsync("it is subscribed", () => subscription.Active);
        await fixture.PublishAsync([.. Enumerable.Range(0, 10).Select(i => Numbered(i, "a1"))]);
        await viewer.ReadUntilAsync("it is live", () => subscription.Count > 0);
        int published = 10;

        // Until the transport takes no more, so that the rest waits.
        await Eventually.TrueAsync("they wait", async () =>
        {
            await fixture.PublishAsync(Numbered(published, "a1"), Numbered(published + 1, "a2"));
            published += 2;
            return published > 2 * waiting && viewer.Connection.Outbox.Feeds.Any(
                feed => feed.InRing >= Math.Min(waiting, 5) || feed.Mode == FeedMode.Behind);
        });
        await RenewAsync(viewer, "read:agents/a2");
        int at = subscription.Count;
        await viewer.ReadUntilAsync(
            "the last came", () => subscription.Seen.Last().Payload.GetInt32() == published - 1);

        Assert.DoesNotContain(subscription.Seen.Skip(at), seen => seen.Envelope.Agent == "a1");
        Assert.Equal([.. Enumerable.Range(5, (published - 10) / 2).Select(i => (2 * i) + 1)], Of(subscription, "a2"));
        Assert.Empty(viewer.Violations);
    }

    [Fact]
    public async Task Grants_that_change_while_it_is_replayed_narrow_what_was_not_sent_yet()
    {
        await using var fixture = new DeliveryFixture();
        await fixture.PublishAsync(Numbered(0, "a2"));
        await using Viewer viewer = fixture.Open(bufferBytes: 1024, scope: "read:*");
        TestSubscription subscription = await viewer.SubscribeAsync("s", EventFilter.All);
        await viewer.ReadUntilAsync("it is subscribed", () => subscription.Active);
        var begin = subscription.Cursor;
        await viewer.SendAsync(new ClientMessage.Unsubscribe("s"));
        for (int i = 0; i < 20; i++)
        {
            await fixture.PublishAsync([.. Enumerable.Range(i * 50, 50).Select(n => Numbered(n, $"a{1 + (n % 2)}"))]);
        }

        TestSubscription replayed = await viewer.SubscribeAsync("r", EventFilter.All, after: begin);
        await viewer.ReadUntilAsync("some came", () => replayed.Count > 20);
        int before = replayed.Count;
        await RenewAsync(viewer, "read:agents/a1");
        int at = replayed.Count;
        await viewer.ReadUntilAsync("the last came", () => replayed.Seen.Last().Payload.GetInt32() == 998);

        Assert.True(before < 900, "it was renewed in the middle of the replay");
        Assert.DoesNotContain(replayed.Seen.Skip(at), seen => seen.Envelope.Agent == "a2");
        Assert.Equal([.. Enumerable.Range(0, 500).Select(i => 2 * i)], Of(replayed, "a1"));
    }

    [Fact]
    public async Task Values_of_a_snapshot_that_are_not_granted_any_more_are_not_sent()
    {
        await using var fixture = new DeliveryFixture(new DeliveryOptions { CatchUpStepBytes = 1024 });
        await fixture.PublishAsync(
            [.. Enumerable.Range(0, 400).Select(i => Numbered(i, $"a{1 + (i % 2)}", $"agent:a{1 + (i % 2)}:{i}"))]);
        await using Viewer viewer = fixture.Open(bufferBytes: 512, scope: "read:*");
        TestSubscription subscription = await viewer.SubscribeAsync("s", EventFilter.All, snapshot: true);
        await viewer.ReadUntilAsync("it is subscribed", () => subscription.SnapshotValues.Count > 0);
        await RenewAsync(viewer, "read:agents/a1");
        int at = subscription.SnapshotValues.Count;
        await viewer.ReadUntilAsync("the snapshot ended", () => viewer.Has("snapshot"));

        Assert.True(at < 300, "it was renewed in the middle of the snapshot");
        Assert.DoesNotContain(subscription.SnapshotValues.Skip(at), seen => seen.Envelope.Agent == "a2");
        Assert.Equal(200, subscription.SnapshotValues.Count(seen => seen.Envelope.Agent == "a1"));
    }

    [Fact]
    public async Task What_nothing_is_left_of_is_ended_and_says_so_before_the_fresh_token_holds()
    {
        await using var fixture = new DeliveryFixture();
        await fixture.Log.AppendTerminalAsync(
            new("acme", "t1"), new() { Data = "hello"u8.ToArray() }, CancellationToken.None);
        await using Viewer viewer = fixture.Open(scope: "read:agents/a1 read:agents/a2 read:terminal/t1");
        TestSubscription lost = await viewer.SubscribeAsync(
            "lost", EventFilter.All with { Agents = [Pattern("a1")] });
        TestSubscription kept = await viewer.SubscribeAsync("kept", EventFilter.All);
        await viewer.SendAsync(new ClientMessage.SubscribeTerminal("term", "t1", TerminalFrom.Start));
        await viewer.ReadUntilAsync("all came", () => lost.Active && kept.Active && viewer.Has("terminal"));
        int before = viewer.Messages.Count;

        await RenewAsync(viewer, "read:agents/a2");
        await fixture.PublishAsync(Numbered(1, "a1"), Numbered(2, "a2"));
        await fixture.Log.AppendTerminalAsync(
            new("acme", "t1"), new() { Data = "more"u8.ToArray() }, CancellationToken.None);
        await viewer.ReadUntilAsync("the kept one goes on", () => kept.Count == 1);

        Assert.Equal([2], Numbers(kept));
        Assert.Empty(lost.Seen);
        Assert.Equal(
            ["unsubscribed lost", "error lost", "unsubscribed term", "error term", "authenticated"],
            viewer.Messages.Skip(before)
                .Where(message => Op(message) is not ("cursor" or "pong"))
                .Select(message => message.TryGetProperty("id", out JsonElement id)
                    ? $"{Op(message)} {id}"
                    : Op(message)));
        Assert.All(
            viewer.Messages.Where(message => Op(message) == "error"),
            error => Assert.Equal(
                ("forbidden", "subscribe"),
                (error.GetProperty("code").GetString(), error.GetProperty("request").GetString())));
        Assert.Equal(1, viewer.Connection.SubscriptionCount);
    }

    [Fact]
    public async Task A_paused_subscription_goes_on_by_the_fresh_grants()
    {
        await using var fixture = new DeliveryFixture();
        await using Viewer viewer = fixture.Open(scope: "read:agents/a1");
        TestSubscription subscription = await viewer.SubscribeAsync("s", EventFilter.All);
        await viewer.ReadUntilAsync("it is subscribed", () => subscription.Active);
        await viewer.SendAsync(new ClientMessage.Pause("s"));
        await viewer.ReadUntilAsync("it is paused", () => viewer.Has("paused"));
        await RenewAsync(viewer, "read:agents/a2");
        await fixture.PublishAsync(Numbered(1, "a1"), Numbered(2, "a2"));
        await viewer.SendAsync(new ClientMessage.Resume("s"));
        await viewer.ReadUntilAsync("it goes on", () => subscription.Count == 1);
        Assert.Equal([2], Numbers(subscription));
    }

    [Fact]
    public async Task A_fresh_token_on_a_connection_that_is_over_changes_nothing()
    {
        await using var fixture = new DeliveryFixture();
        await using Viewer viewer = fixture.Open(scope: "read:*");
        Assert.True(viewer.Connection.Held.TryEnd(_ => true));
        await viewer.SendAsync(new ClientMessage.Auth(Token("read:*")));
        await viewer.SendAsync(new ClientMessage.Ping("7"));
        await viewer.ReadUntilAsync("it answers", () => viewer.Has("pong"));
        Assert.False(viewer.Has("authenticated"), "it was over before");
        Assert.False(viewer.Has("error"));
        Assert.Equal(DateTimeOffset.MaxValue, viewer.Connection.Held.Current.ExpiresAt);
    }

    [Fact]
    public async Task A_revoked_token_is_not_taken_and_the_old_one_holds()
    {
        await using var fixture = new DeliveryFixture();
        await using Viewer viewer = fixture.Open(scope: "read:*");
        long now = fixture.Clock.GetUtcNow().ToUnixTimeMilliseconds();
        Assert.True(fixture.Revocations.TryAdd(new Revocation
        {
            Key = RevocationKey.OfSubject("acme", "viewer"),
            RevokedAtMs = now,
            UntilMs = now + 60_000,
        }));
        await viewer.SendAsync(new ClientMessage.Auth(Token("read:*")));
        await viewer.ReadUntilAsync("it is refused", () => viewer.Has("error"));
        JsonElement error = viewer.Messages.Single(message => Op(message) == "error");
        Assert.Equal(("token_revoked", "auth"), (
            error.GetProperty("code").GetString(), error.GetProperty("request").GetString()));
        Assert.Null(viewer.Connection.Outbox.PeekClose());
    }

    private static async Task RenewAsync(Viewer viewer, string scope)
    {
        int before = viewer.Messages.Count(message => Op(message) == "authenticated");
        await viewer.SendAsync(new ClientMessage.Auth(Token(scope)));

        // Handled behind it: nothing is read before the answer is there to be sent, ahead of what waits.
        await viewer.SendAsync(new ClientMessage.Ping("behind"));
        await viewer.ReadUntilAsync("the fresh token holds", () =>
            viewer.Messages.Count(message => Op(message) == "authenticated") > before);
    }

    private static string Token(string scope) =>
        new TokenMinter(DeliveryFixture.SigningKey, TimeProvider.System)
            .Mint(DeliveryFixture.Tenant, "viewer", scope, TimeSpan.FromHours(1));

    private static async Task PublishAsync(DeliveryFixture fixture, int count)
    {
        await Task.Yield();
        for (int i = 0; i < count; i++)
        {
            await fixture.PublishAsync(Numbered(i, $"a{1 + (i % 3)}"));
        }
    }

    private static int[] Numbers(TestSubscription subscription) =>
        [.. subscription.Seen.Select(seen => seen.Payload.GetInt32())];

    private static int[] Of(TestSubscription subscription, string agent) =>
        [.. subscription.Seen.Where(seen => seen.Envelope.Agent == agent).Select(seen => seen.Payload.GetInt32())];

    private static NamePattern Pattern(string text) =>
        NamePattern.TryParse(text, out NamePattern pattern) ? pattern : throw new FormatException(text);

    private static string Op(JsonElement message) => message.GetProperty("op").GetString()!;
}

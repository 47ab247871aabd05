using System.Globalization;
using Realtime.Protocol.Events;
using Realtime.Protocol.Messages;
using Realtime.Protocol.Subscriptions;
using Realtime.Tests.EndToEnd;
using Realtime.Workers.Delivery;
using Realtime.Workers.Tail;

namespace Realtime.Tests.Workers.Delivery;

/// <summary>
/// Between behind and live nothing is skipped, sent out of order, or sent twice. The rings and windows here are so
/// small that viewers go back and forth all the time: through the ring, the recent window, and the log.
/// </summary>
public sealed class HandOverTests
{
    private const int Events = 4000;
    private const int Agents = 5;

    private static readonly DeliveryOptions Tiny = new()
    {
        RingEventsMax = 16,
        CatchUpStepEntries = 7,
        CatchUpStepBytes = 1024,
        HistoryReadBytes = 4096,
    };

    private static readonly TailOptions TinyWindow = new() { RecentEntriesMax = 32 };

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Viewers_that_stall_at_random_see_every_event_once_and_in_order(int seed)
    {
        await using var fixture = new DeliveryFixture(Tiny, TinyWindow, partitions: 2);
        Viewer[] viewers = [.. Enumerable.Range(0, 8).Select(_ => fixture.Open(bufferBytes: 2048))];
        var subscriptions = new List<TestSubscription>();
        for (int i = 0; i < viewers.Length; i++)
        {
            // Some want all, some one agent, some both in two subscriptions.
            subscriptions.Add(await viewers[i].SubscribeAsync("a", i % 2 == 0 ? EventFilter.All : Agent(i % Agents)));
            if (i % 3 == 0)
            {
                subscriptions.Add(await viewers[i].SubscribeAsync("b", Agent((i + 1) % Agents)));
            }
        }

        Task publishing = PublishAsync(fixture, seed);
        await Task.WhenAll(
            viewers.Select((viewer, i) => ReadAsync(viewer, subscriptions, new Random((seed * 100) + i))));
        await publishing;

        Assert.All(viewers, viewer => Assert.Empty(viewer.Violations));
        Assert.All(subscriptions, AssertExact);
        foreach (Viewer viewer in viewers)
        {
            await viewer.DisposeAsync();
        }

        async Task ReadAsync(Viewer viewer, List<TestSubscription> all, Random random)
        {
            TestSubscription[] mine = [.. all.Where(viewer.Has)];
            await viewer.ReadUntilAsync(
                "all events came",
                () => Array.TrueForAll(mine, s => s.Count == Expected(s)),
                async () =>
                {
                    // A stall: let the others and the publisher run while this one takes nothing.
                    for (int i = random.Next(40); i > 30; i--)
                    {
                        await Task.Yield();
                    }
                });
        }
    }

    [Fact]
    public async Task A_subscription_made_later_is_replayed_alone_while_the_others_lose_nothing()
    {
        await using var fixture = new DeliveryFixture(Tiny, TinyWindow);
        await using Viewer viewer = fixture.Open();
        TestSubscription first = await viewer.SubscribeAsync("first", EventFilter.All);
        await viewer.ReadUntilAsync("it is subscribed", () => first.Active);
        IReadOnlyList<Realtime.Protocol.EventPosition> begin = first.Cursor;
        Task publishing = PublishAsync(fixture, seed: 7);
        await viewer.ReadUntilAsync("some events came", () => first.Count >= Events / 4);
        TestSubscription second = await viewer.SubscribeAsync("second", Agent(2), after: begin);
        await viewer.ReadUntilAsync("some more came", () => first.Count >= Events / 2);
        TestSubscription third = await viewer.SubscribeAsync("third", EventFilter.All, after: begin);
        await viewer.ReadUntilAsync(
            "all came", () => first.Count == Events && second.Count == Expected(second) && third.Count == Events);
        await publishing;
        Assert.Empty(viewer.Violations);
        AssertExact(first);
        AssertExact(second);
        AssertExact(third);
    }

    [Fact]
    public async Task A_paused_subscription_gets_what_it_missed_when_it_resumes()
    {
        await using var fixture = new DeliveryFixture(Tiny, TinyWindow);
        await using Viewer viewer = fixture.Open();
        // They have one agent in common: its events must not move the paused one's cursor past what it was not sent.
        TestSubscription paused = await viewer.SubscribeAsync("paused", Agent(1, 2));
        TestSubscription other = await viewer.SubscribeAsync("other", Agent(2, 3));
        await viewer.ReadUntilAsync("both are subscribed", () => paused.Active && other.Active);
        Task publishing = PublishAsync(fixture, seed: 8);
        for (int round = 1; round <= 3; round++)
        {
            await viewer.SendAsync(new ClientMessage.Pause("paused"));
            await viewer.ReadUntilAsync("it is answered", () => !paused.Active);
            int until = Expected(other) * round / 4;
            await viewer.ReadUntilAsync("the other went on", () => other.Count >= until);
            await viewer.SendAsync(new ClientMessage.Resume("paused"));
            await viewer.ReadUntilAsync("it is answered", () => paused.Active);
        }

        await viewer.ReadUntilAsync(
            "all came", () => paused.Count == Expected(paused) && other.Count == Expected(other));
        await publishing;
        Assert.Empty(viewer.Violations);
        AssertExact(paused, mayRepeat: true);
        AssertExact(other);
    }

    [Fact]
    public async Task A_viewer_that_comes_back_at_any_point_goes_on_exactly_there()
    {
        await using var fixture = new DeliveryFixture(Tiny, TinyWindow, partitions: 3);
        Task publishing = Task.CompletedTask;
        TestSubscription? seen = null;
        var random = new Random(9);
        do
        {
            await using Viewer viewer = fixture.Open();
            seen?.OnDisconnected();
            seen = await viewer.SubscribeAsync("s", EventFilter.All, known: seen);
            await viewer.ReadUntilAsync("it is subscribed", () => seen.Active);
            publishing = publishing.IsCompleted && seen.Count == 0 ? PublishAsync(fixture, seed: 9) : publishing;
            int until = Math.Min(Events, seen.Count + random.Next(1, Events / 10));
            await viewer.ReadUntilAsync("a part came", () => seen.Count >= until);
            Assert.Empty(viewer.Violations);
        }
        while (seen.Count < Events);
        await publishing;
        Assert.Equal(0, seen.NotRecovered);
        AssertExact(seen);
    }

    private static EventFilter Agent(params IEnumerable<int> numbers) => new()
    {
        Agents = [.. numbers.Select(number =>
            NamePattern.TryParse($"a{number}", out NamePattern pattern)
                ? pattern
                : throw new ArgumentException("no name"))],
    };

    private static async Task PublishAsync(DeliveryFixture fixture, int seed)
    {
        var random = new Random(seed);
        for (int next = 0; next < Events;)
        {
            int batch = Math.Min(random.Next(1, 60), Events - next);
            await fixture.PublishAsync([.. Enumerable.Range(next, batch).Select(Event)]);
            next += batch;
            for (int i = random.Next(5); i > 0; i--)
            {
                await Task.Yield();
            }
        }
    }

    // The number of the event is its payload, and decides its agent.
    private static EventEnvelope Event(int number) => NumberedEvents.Numbered(number, $"a{number % Agents}");

    private static int Expected(TestSubscription subscription) =>
        subscription.Filter.Agents.IsEmpty ? Events : Events / Agents * subscription.Filter.Agents.Length;

    private static void AssertExact(TestSubscription subscription) => AssertExact(subscription, mayRepeat: false);

    // What was on its way when a subscription was paused may come again, and is then dropped by its position.
    private static void AssertExact(TestSubscription subscription, bool mayRepeat)
    {
        Assert.True(mayRepeat || subscription.Dropped == 0, $"{subscription.Dropped} events came twice");
        Assert.Equal(Expected(subscription), subscription.Seen.Count);
        foreach (IGrouping<string?, SeenEvent> agent in subscription.Seen.GroupBy(seen => seen.Envelope.Agent))
        {
            int first = int.Parse(agent.Key![1..], CultureInfo.InvariantCulture);
            Assert.Equal(
                Enumerable.Range(0, Events / Agents).Select(i => (i * Agents) + first),
                agent.Select(seen => seen.Payload.GetInt32()));
        }
    }
}

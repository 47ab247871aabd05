using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Realtime.Log;
using Realtime.Protocol;
using Realtime.Protocol.Subscriptions;
using Realtime.Workers.Delivery;
using Realtime.Workers.Tail;

namespace Realtime.Tests.Workers.Delivery;

/// <summary>
/// The hand-over rule alone, one step at a time: whatever the order in which a tail routes, serves requests and a
/// viewer takes and reads on, the viewer has every event once and in order.
/// </summary>
public sealed class HandOverRuleTests : IDisposable
{
    private const int RingEvents = 16;
    private const int WindowEvents = 8;

    private static readonly Epoch Life = Epoch.Parse("aaaaaa");

    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly List<SharedEvent> _log = [];
    private readonly RecentWindow _window = new(WindowEvents, long.MaxValue);
    private readonly Outbox _outbox;
    private readonly StreamFeed _feed;
    private readonly List<long> _seen = [];
    private readonly List<SharedEvent> _taken = [];
    private StreamCursor _end = new(EntryId.Zero, Life);

    public HandOverRuleTests()
    {
        _outbox = new Outbox(
            WireFormats.JsonFrames, new DeliveryOptions { RingEventsMax = RingEvents }, ringBytesMax: int.MaxValue,
            new DeliveryMetrics(_services.GetRequiredService<IMeterFactory>()));
        _feed = new StreamFeed(tail: null!, _outbox);
        var joiner = new Joiner(new Subscription("s", [EventFilter.All], conflates: false), _end);
        _feed.Join(joiner, _end);
        _feed.Merge(joiner);
    }

    public void Dispose() => _services.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Any_order_of_steps_gives_every_event_once_and_in_order(int seed)
    {
        var random = new Random(seed);
        int handedOver = 0;
        for (int step = 0; step < 20_000; step++)
        {
            switch (random.Next(8))
            {
                case < 3:
                    // Bursts now and then, so that rings overflow and windows are left behind.
                    for (int i = random.Next(20) == 0 ? 2 * RingEvents : 1; i > 0; i--)
                    {
                        RouteNext();
                    }

                    break;
                case 3:
                    Take();
                    break;
                case < 6 when _feed is { Mode: FeedMode.Behind, InRing: 0 }:
                    ReadOn(random.Next(1, 10));
                    break;
                case 6:
                    // As the send loop does: only once there was nothing more to read.
                    _ = _feed is { Mode: FeedMode.Behind, InRing: 0 } && Seen == _end.Entry.Offset
                        && _feed.TryBeginHandOver();
                    break;
                default:
                    _feed.HandOver(_end, _window);
                    handedOver += _feed.Mode == FeedMode.Live ? 1 : 0;
                    break;
            }
        }

        Take();
        while (_feed.Mode != FeedMode.Live && Seen < _end.Entry.Offset)
        {
            ReadOn(10);
        }

        Assert.True(handedOver > 100, $"It was live only {handedOver} times: the steps try too little.");
        Assert.Equal(Enumerable.Range(1, _log.Count).Select(i => (long)i), _seen);
    }

    [Fact]
    public void What_was_routed_between_the_request_and_the_hand_over_comes_from_the_window()
    {
        RouteNext();
        ReadOn(1);
        Assert.True(_feed.TryBeginHandOver());
        RouteNext();
        RouteNext();
        _feed.HandOver(_end, _window);
        Assert.Equal(FeedMode.Live, _feed.Mode);
        RouteNext();
        Take();
        Assert.Equal([1, 2, 3, 4], _seen);
    }

    [Fact]
    public void What_the_window_no_longer_holds_is_read_by_the_viewer_itself()
    {
        Assert.True(_feed.TryBeginHandOver());
        for (int i = 0; i < 2 * WindowEvents; i++)
        {
            RouteNext();
        }

        _feed.HandOver(_end, _window);
        Assert.Equal(FeedMode.Behind, _feed.Mode);
        Assert.Equal(0, _feed.Position.Entry.Offset);
        Take();
        Assert.Empty(_seen);
    }

    [Fact]
    public void A_viewer_ahead_of_the_tail_is_sent_nothing_that_it_has()
    {
        RouteNext();
        RouteNext();
        ReadOn(2);
        StreamCursor earlier = _log[0].Position;
        Assert.True(_feed.TryBeginHandOver());
        _feed.HandOver(earlier, _window);
        Assert.Equal(FeedMode.Live, _feed.Mode);
        _feed.Offer(_log[1], now: 0, conflationTicks: 0, new WakeList());
        RouteNext();
        Take();
        Assert.Equal([1, 2, 3], _seen);
    }

    [Fact]
    public void A_full_ring_is_dropped_and_the_viewer_stands_before_the_first_dropped_event()
    {
        Assert.True(_feed.TryBeginHandOver());
        _feed.HandOver(_end, _window);
        for (int i = 0; i <= RingEvents; i++)
        {
            RouteNext();
        }

        Assert.Equal(FeedMode.Behind, _feed.Mode);
        Assert.Equal(0, _feed.Position.Entry.Offset);
        Take();
        Assert.Empty(_seen);
    }

    private long Seen => _seen.Count == 0 ? 0 : _seen[^1];

    // The tail: one entry, into the window first, then to the feed.
    private void RouteNext()
    {
        long offset = _log.Count + 1;
        var item = new SharedEvent(
            0, new StreamCursor(new EntryId(1000 + offset, offset), Life), _end.Entry,
            NumberedEvents.Numbered((int)offset), TimeProvider.System);
        _log.Add(item);
        _window.Add(item);
        _feed.Offer(item, now: 0, conflationTicks: 0, new WakeList());
        _end = item.Position;
    }

    // The send loop: what waits in the ring.
    private void Take()
    {
        _outbox.TakeLive(_taken);
        _seen.AddRange(_taken.Select(item => item.Offset));
        _taken.Clear();
    }

    // The send loop: reads on by itself, out of the log.
    private void ReadOn(int count)
    {
        foreach (SharedEvent item in _log.Skip((int)_feed.Position.Entry.Offset).Take(count))
        {
            _seen.Add(item.Offset);
            _feed.Advance(null, item.Position);
        }
    }
}

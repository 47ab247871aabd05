using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Realtime.Tests.Support;
using Realtime.Workers.Delivery;
using Realtime.Workers.Delivery.Terminals;

namespace Realtime.Tests.Workers.Delivery.Terminals;

/// <summary>What is in flight follows the link, which is played by a clock that the test moves.</summary>
public sealed class BulkFlowTests : IDisposable
{
    private static readonly DeliveryOptions Options = new();

    private readonly ManualClock _clock = new();
    private readonly ServiceProvider _metrics = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly BulkFlow _flow;

    public BulkFlowTests() =>
        _flow = new BulkFlow(Options, new DeliveryMetrics(_metrics.GetRequiredService<IMeterFactory>()), _clock);

    public void Dispose()
    {
        _flow.Dispose();
        _metrics.Dispose();
    }

    [Fact]
    public void It_begins_with_16_KiB_in_slices_of_a_quarter()
    {
        Assert.Equal(16 * 1024, _flow.Allowance);
        Assert.Equal(4 * 1024, _flow.SliceBytes);
        int sent = 0;
        while (_flow.MaySend())
        {
            _flow.Sent(_flow.SliceBytes);
            sent += _flow.SliceBytes;
        }

        Assert.Equal(16 * 1024, sent);
    }

    [Theory]
    [InlineData(32_000, 5)]
    [InlineData(32_000, 40)]
    [InlineData(250_000, 20)]
    public void On_a_full_link_what_is_in_flight_is_what_it_carries_in_150_ms(int bytesPerSecond, int wayMs)
    {
        SimulatedLink link = LinkOf(bytesPerSecond, wayMs);
        link.Run(TimeSpan.FromSeconds(5));
        long before = link.Carried;
        long most = link.Run(TimeSpan.FromSeconds(10)).InFlight;

        // The way itself comes on top, and acknowledgements that are collected.
        double allowed = (0.22 + (2.5 * wayMs / 1000)) * bytesPerSecond;
        Assert.InRange(_flow.Allowance, 0.10 * bytesPerSecond, allowed);
        Assert.True(most <= allowed, $"{most} bytes were in flight.");
        Assert.True(
            link.Carried - before > 0.8 * 10 * bytesPerSecond,
            $"Only {link.Carried - before} bytes were carried.");
    }

    [Fact]
    public void On_a_link_slower_than_the_floor_4_KiB_are_in_flight_in_slices_of_1_KiB()
    {
        SimulatedLink link = LinkOf(8000, wayMs: 5);
        link.Run(TimeSpan.FromSeconds(10));
        Assert.Equal(4 * 1024, _flow.Allowance);
        Assert.Equal(1024, _flow.SliceBytes);
    }

    [Fact]
    public void A_long_way_does_not_strangle_a_wide_link()
    {
        // 1 MB/s with 250 ms there and back: 150 ms of it would be 60 % of the link, and then 60 % of that.
        SimulatedLink link = LinkOf(1_000_000, wayMs: 125, terminals: 4);
        link.Run(TimeSpan.FromSeconds(10));
        Assert.InRange(Carried(link, seconds: 10), 700_000, 1_010_000);
    }

    [Fact]
    public void A_link_that_becomes_thin_gets_less_in_flight()
    {
        SimulatedLink link = LinkOf(2_000_000, wayMs: 5);
        link.Run(TimeSpan.FromSeconds(3));
        Assert.True(_flow.Allowance > 50_000);
        link.BytesPerSecond = 50_000;

        // What was on the wire is up to a window: 5 s of such a link.
        link.Run(TimeSpan.FromSeconds(8));
        Assert.InRange(_flow.Allowance, 4 * 1024, 12_000);
        Assert.InRange(link.Run(TimeSpan.FromSeconds(7)).Queue, TimeSpan.Zero, TimeSpan.FromMilliseconds(250));
    }

    [Theory]
    [InlineData(32_000, 20)]
    [InlineData(1_000_000, 20)]
    [InlineData(12_000_000, 10)]
    public void A_terminal_that_is_acknowledged_no_more_takes_nothing_from_the_one_beside_it(
        int bytesPerSecond, int wayMs)
    {
        SimulatedLink link = LinkOf(bytesPerSecond, wayMs, terminals: 2);
        link.Run(TimeSpan.FromSeconds(3));
        link[0].IsStalled = true;

        // It gets the rest of its window at most, in its turn.
        link.Run(TimeSpan.FromSeconds(3 + (2 * 256.0 * 1024 / bytesPerSecond)));
        long position = link[0].Position;
        double windowed = Math.Min(bytesPerSecond, 256 * 1024 / ((2 * wayMs / 1000.0) + 0.05));
        Assert.InRange(Carried(link, seconds: 10), 0.85 * windowed, 1.01 * bytesPerSecond);
        Assert.Equal(position, link[0].Position);
    }

    [Fact]
    public void A_terminal_that_was_never_acknowledged_takes_nothing_from_one_that_comes_later()
    {
        SimulatedLink link = LinkOf(1_000_000, wayMs: 20, terminals: 2);
        link[0].IsStalled = true;
        link[1].Output = 0;
        link.Run(TimeSpan.FromSeconds(30));
        Assert.Equal(256 * 1024, link[0].Position);
        link[1].Output = long.MaxValue;
        link.Run(TimeSpan.FromSeconds(2));
        Assert.InRange(Carried(link, seconds: 5), 900_000, 1_010_000);
    }

    [Theory]
    [InlineData(10, 175)]
    [InlineData(5, 60)]
    [InlineData(40, 400)]
    public void A_way_that_gets_longer_does_not_strangle_the_link(int wayMs, int thenMs)
    {
        SimulatedLink link = LinkOf(1_000_000, wayMs, terminals: 8);
        link.Run(TimeSpan.FromSeconds(5));
        Assert.InRange(Carried(link, seconds: 5), 900_000, 1_010_000);
        link.Way = TimeSpan.FromMilliseconds(thenMs);
        link.Run(TimeSpan.FromSeconds(5));
        Assert.InRange(Carried(link, seconds: 30), 700_000, 1_010_000);
    }

    [Fact]
    public void Queues_of_our_own_are_not_taken_for_a_longer_way()
    {
        // Full for minutes: the shortest time is measured again and again, alone, and stays that of the way.
        SimulatedLink link = LinkOf(250_000, wayMs: 10);
        link.Run(TimeSpan.FromSeconds(10));
        for (int minute = 0; minute < 3; minute++)
        {
            long before = link.Carried;
            TimeSpan queue = link.Run(TimeSpan.FromSeconds(60)).Queue;
            Assert.InRange(queue, TimeSpan.FromMilliseconds(50), TimeSpan.FromMilliseconds(220));
            Assert.True(link.Carried - before > 0.9 * 60 * 250_000, $"Only {link.Carried - before} bytes in a minute.");
        }
    }

    [Fact]
    public void After_a_break_nothing_is_believed_of_what_was_measured_before()
    {
        SimulatedLink link = LinkOf(5_000_000, wayMs: 5, terminals: 4);
        link.Run(TimeSpan.FromSeconds(5));
        Assert.True(_flow.Allowance > 500_000);
        for (int n = 0; n < 4; n++)
        {
            link[n].Output = link[n].Position;
        }

        link.Run(TimeSpan.FromSeconds(11));
        link.BytesPerSecond = 32_000;
        for (int n = 0; n < 4; n++)
        {
            link[n].Output = long.MaxValue;
        }

        // What it begins with is half a second of such a link; it grows by one such round before the queue shows.
        Assert.True(link.Run(TimeSpan.FromSeconds(10)).InFlight <= 33_000);
    }

    [Fact]
    public void What_nobody_will_acknowledge_stays_in_flight_until_something_behind_it_is()
    {
        Sending old = _flow.Sent(4096);
        _flow.Sent(12 * 1024);
        Assert.False(_flow.MaySend());
        _flow.AwaitPieces(0);
        Assert.Equal(16 * 1024, _flow.InFlight);

        // One slice may go: its acknowledgement tells of all.
        Assert.True(_flow.MaySend());
        Sending sending = _flow.Sent(1024);
        Assert.False(_flow.MaySend());
        _flow.Arrived(sending);
        Assert.Equal(0, _flow.InFlight);
        _flow.Arrived(old);
        Assert.Equal(0, _flow.InFlight);
    }

    [Fact]
    public void Who_acknowledges_rarely_gets_more_after_each_500_ms_and_never_hangs()
    {
        while (_flow.MaySend())
        {
            _flow.Sent(_flow.SliceBytes);
        }

        long sent = _flow.InFlight;
        for (int i = 0; i < 4; i++)
        {
            long overdueAt = _flow.OverdueAt;
            Assert.Equal(TimeSpan.FromMilliseconds(500), _clock.GetElapsedTime(_clock.GetTimestamp(), overdueAt));
            _clock.Advance(TimeSpan.FromMilliseconds(500));
            _flow.Overdue();
            while (_flow.MaySend())
            {
                _flow.Sent(_flow.SliceBytes);
            }

            Assert.Equal(2 * sent, _flow.InFlight);
            Assert.Equal(4 * 1024, _flow.SliceBytes);
            sent *= 2;
        }
    }

    [Fact]
    public void A_whole_window_in_base64_goes_to_who_acknowledges_nothing_within_3_seconds()
    {
        int window = Options.TerminalWindowBytes * 4 / 3 * 11 / 10;
        for (int late = 0; late <= 5; late++)
        {
            while (_flow.InFlight < window && _flow.MaySend())
            {
                _flow.Sent(_flow.SliceBytes);
            }

            _clock.Advance(TimeSpan.FromMilliseconds(500));
            _flow.Overdue();
        }

        Assert.InRange(_flow.InFlight, window, window + _flow.SliceBytes);
    }

    [Fact]
    public void What_patience_gave_goes_again_when_acknowledgements_come_finely()
    {
        Sending sending = _flow.Sent(16 * 1024);
        _clock.Advance(TimeSpan.FromMilliseconds(500));
        _flow.Overdue();
        _flow.Overdue();
        Assert.Equal(64 * 1024, _flow.Allowance);
        _flow.Arrived(sending);
        LinkOf(32_000, wayMs: 5).Run(TimeSpan.FromSeconds(15));
        Assert.InRange(_flow.Allowance, 4 * 1024, 7500);
    }

    private SimulatedLink LinkOf(int bytesPerSecond, int wayMs, int terminals = 1) =>
        new(_flow, _clock, bytesPerSecond, TimeSpan.FromMilliseconds(wayMs), terminals);

    private static double Carried(SimulatedLink link, int seconds)
    {
        long before = link.Carried;
        link.Run(TimeSpan.FromSeconds(seconds));
        return (link.Carried - before) / (double)seconds;
    }
}

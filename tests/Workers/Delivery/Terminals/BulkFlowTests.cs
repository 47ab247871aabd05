using Realtime.Tests.Support;
using Realtime.Workers.Delivery;
using Realtime.Workers.Delivery.Terminals;

namespace Realtime.Tests.Workers.Delivery.Terminals;

/// <summary>What is in flight follows the link, which is played by a clock that the test moves.</summary>
public sealed class BulkFlowTests
{
    private static readonly DeliveryOptions Options = new();

    private readonly ManualClock _clock = new();
    private readonly BulkFlow _flow;

    public BulkFlowTests() => _flow = new BulkFlow(Options, _clock);

    [Fact]
    public void It_begins_with_16_KiB_in_slices_of_a_quarter()
    {
        Assert.Equal(16 * 1024, _flow.Allowance);
        Assert.Equal(4 * 1024, _flow.SliceBytes);
        int sent = 0;
        while (_flow.MaySend)
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
        var link = new Link(_flow, _clock, bytesPerSecond, TimeSpan.FromMilliseconds(wayMs));
        link.Run(TimeSpan.FromSeconds(5));
        long before = link.Carried;
        int most = link.Run(TimeSpan.FromSeconds(10));

        // The way itself comes on top, and acknowledgements that are collected.
        double allowed = (0.22 + (2.5 * wayMs / 1000)) * bytesPerSecond;
        Assert.InRange(_flow.Allowance, 0.10 * bytesPerSecond, allowed);
        Assert.True(most <= allowed, $"{most} bytes were in flight.");
        Assert.True(link.Carried - before > 0.8 * 10 * bytesPerSecond, $"Only {link.Carried - before} bytes were carried.");
    }

    [Fact]
    public void On_a_link_slower_than_the_floor_4_KiB_are_in_flight_in_slices_of_1_KiB()
    {
        var link = new Link(_flow, _clock, 8000, TimeSpan.FromMilliseconds(5));
        link.Run(TimeSpan.FromSeconds(10));
        Assert.Equal(4 * 1024, _flow.Allowance);
        Assert.Equal(1024, _flow.SliceBytes);
    }

    [Fact]
    public void A_long_way_does_not_strangle_a_wide_link()
    {
        // 1 MB/s with 250 ms there and back: 150 ms of it would be 60 % of the link, and then 60 % of that.
        var link = new Link(_flow, _clock, 1_000_000, TimeSpan.FromMilliseconds(125));
        link.Run(TimeSpan.FromSeconds(10));
        long before = link.Carried;
        link.Run(TimeSpan.FromSeconds(10));
        Assert.True(link.Carried - before > 0.7 * 10_000_000, $"Only {link.Carried - before} bytes in 10 s.");
    }

    [Fact]
    public void A_link_that_becomes_thin_gets_less_in_flight()
    {
        var link = new Link(_flow, _clock, 2_000_000, TimeSpan.FromMilliseconds(5));
        link.Run(TimeSpan.FromSeconds(3));
        Assert.True(_flow.Allowance > 50_000);
        link.BytesPerSecond = 50_000;
        link.Run(TimeSpan.FromSeconds(15));
        Assert.InRange(_flow.Allowance, 4 * 1024, 12_000);
    }

    [Fact]
    public void Who_acknowledges_rarely_gets_more_after_each_500_ms_and_never_hangs()
    {
        while (_flow.MaySend)
        {
            _flow.Sent(_flow.SliceBytes);
        }

        int sent = _flow.InFlight;
        for (int i = 0; i < 4; i++)
        {
            long overdueAt = _flow.OverdueAt;
            Assert.Equal(TimeSpan.FromMilliseconds(500), _clock.GetElapsedTime(_clock.GetTimestamp(), overdueAt));
            _clock.Advance(TimeSpan.FromMilliseconds(500));
            _flow.Overdue();
            while (_flow.MaySend)
            {
                _flow.Sent(_flow.SliceBytes);
            }

            Assert.Equal(2 * sent, _flow.InFlight);
            Assert.Equal(4 * 1024, _flow.SliceBytes);
            sent *= 2;
        }
    }

    [Fact]
    public void What_patience_gave_goes_again_when_acknowledgements_come_finely()
    {
        _flow.Sent(16 * 1024);
        _clock.Advance(TimeSpan.FromMilliseconds(500));
        _flow.Overdue();
        _flow.Overdue();
        Assert.Equal(64 * 1024, _flow.Allowance);
        var link = new Link(_flow, _clock, 32_000, TimeSpan.FromMilliseconds(5));
        _flow.Forget(16 * 1024);
        link.Run(TimeSpan.FromSeconds(15));
        Assert.InRange(_flow.Allowance, 4 * 1024, 7500);
    }

    // A link of a rate and a length, with a viewer that acknowledges what it got every 50 ms.
    private sealed class Link(BulkFlow flow, ManualClock clock, int bytesPerSecond, TimeSpan way)
    {
        // A whole batch in base64.
        private const int SliceBytesMax = 44 * 1024;

        private readonly Queue<(TimeSpan At, int Bytes, long SentAt)> _travelling = new();
        private readonly Queue<(TimeSpan At, int Bytes, long SentAt)> _acknowledging = new();
        private TimeSpan _now;
        private TimeSpan _freeAt;
        private (int Bytes, long SentAt) _shown;

        public int BytesPerSecond { get; set; } = bytesPerSecond;

        public long Carried { get; private set; }

        public int Run(TimeSpan time)
        {
            int most = 0;
            TimeSpan step = TimeSpan.FromMilliseconds(1);
            for (TimeSpan until = _now + time; _now < until; _now += step, clock.Advance(step))
            {
                Acknowledge();
                Send();
                most = Math.Max(most, flow.InFlight);
            }

            return most;
        }

        private void Acknowledge()
        {
            while (_travelling.TryPeek(out (TimeSpan At, int Bytes, long SentAt) piece) && piece.At <= _now)
            {
                _travelling.Dequeue();
                Carried += piece.Bytes;
                _shown = (_shown.Bytes + piece.Bytes, piece.SentAt);
            }

            if (_shown.Bytes > 0 && (int)_now.TotalMilliseconds % 50 == 0)
            {
                _acknowledging.Enqueue((_now + way, _shown.Bytes, _shown.SentAt));
                _shown = default;
            }

            while (_acknowledging.TryPeek(out (TimeSpan At, int Bytes, long SentAt) ack) && ack.At <= _now)
            {
                _acknowledging.Dequeue();
                flow.Acknowledged(ack.Bytes, ack.SentAt);
            }
        }

        private void Send()
        {
            while (flow.MaySend)
            {
                int bytes = flow.IsMeasured || flow.InFlight > 0 ? Math.Min(flow.SliceBytes, SliceBytesMax) : 1024;
                flow.Sent(bytes);
                TimeSpan from = _freeAt > _now ? _freeAt : _now;
                _freeAt = from + TimeSpan.FromSeconds((double)bytes / BytesPerSecond);
                _travelling.Enqueue((_freeAt + way, bytes, clock.GetTimestamp()));
            }

            flow.WasLimited();
            if (clock.GetTimestamp() >= flow.OverdueAt)
            {
                flow.Overdue();
            }
        }
    }
}

using Realtime.Log;
using Realtime.Protocol;
using Realtime.Workers.Delivery;
using Realtime.Workers.Delivery.Terminals;

namespace Realtime.Tests.Workers.Delivery.Terminals;

/// <summary>Which acknowledgements are believed.</summary>
public sealed class TerminalSubscriptionTests
{
    private const int Window = 256 * 1024;

    private static readonly Epoch First = Epoch.Parse("aaaaaa");
    private static readonly Epoch Second = Epoch.Parse("bbbbbb");

    private readonly TerminalSubscription _subscription =
        new("t", null!, new TerminalCursor(0, First), Window, new Signal());

    [Fact]
    public void An_offset_that_was_never_sent_counts_as_all_that_was()
    {
        Send(1000);
        _subscription.Acknowledge(long.MaxValue, default);
        Assert.Equal(1000, _subscription.Acknowledged);
        Send(1000);
        _subscription.Acknowledge(long.MaxValue, First);
        Assert.Equal(2000, _subscription.Acknowledged);
    }

    [Fact]
    public void After_a_gap_an_offset_of_what_was_before_it_acknowledges_nothing()
    {
        Send(1_000_000);
        _subscription.MoveTo(new TerminalCursor(0, Second));
        Send(4096);
        _subscription.Acknowledge(1_000_000, default);
        Assert.Equal(0, _subscription.Acknowledged);
        Assert.Equal(Window - 4096, _subscription.Credit);
        _subscription.Acknowledge(4096, default);
        Assert.Equal(4096, _subscription.Acknowledged);
    }

    [Fact]
    public void An_offset_of_another_epoch_acknowledges_nothing_however_low_it_is()
    {
        Send(1_000_000);
        _subscription.MoveTo(new TerminalCursor(0, Second));
        Send(4096);
        _subscription.Acknowledge(1000, First);
        Assert.Equal(0, _subscription.Acknowledged);
        _subscription.Acknowledge(1000, Second);
        Assert.Equal(1000, _subscription.Acknowledged);
    }

    [Fact]
    public async Task An_acknowledgement_that_races_a_gap_leaves_no_credit_behind()
    {
        // Both at once, again and again: whatever comes first, no more is acknowledged than was sent since.
        bool isOver = false;
        Task receiving = Task.Factory.StartNew(
            () =>
            {
                for (long offset = 1; !Volatile.Read(ref isOver); offset++)
                {
                    _subscription.Acknowledge(offset, default);
                }
            },
            CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        int wrong = 0;
        for (int round = 0; round < 300_000; round++)
        {
            _subscription.Position = new TerminalCursor(long.MaxValue, First);
            Thread.SpinWait(10);
            _subscription.MoveTo(new TerminalCursor(0, Second));
            Thread.SpinWait(10);
            wrong += _subscription.Acknowledged > 0 ? 1 : 0;
        }

        Volatile.Write(ref isOver, true);
        await receiving;
        Assert.Equal(0, wrong);
    }

    private void Send(int bytes) => _subscription.Position =
        _subscription.Position with { Offset = _subscription.Position.Offset + bytes };
}

using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Realtime.Tests.Support;
using Realtime.Tests.Workers.Delivery.Terminals;
using Realtime.Workers.Delivery;
using Realtime.Workers.Delivery.Terminals;

namespace Realtime.Tests.Workers.Delivery;

/// <summary>A replay shares the link with terminals, and what is live waits for neither for long.</summary>
public sealed class ReplayFlowTests : IDisposable
{
    private static readonly DeliveryOptions Options = new();

    private readonly ManualClock _clock = new();
    private readonly ServiceProvider _metrics = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly BulkFlow _flow;
    private readonly List<IDisposable> _opened = [];

    public ReplayFlowTests() => _flow = new BulkFlow(Options, Metrics, _clock);

    private DeliveryMetrics Metrics => new(_metrics.GetRequiredService<IMeterFactory>());

    public void Dispose()
    {
        _opened.ForEach(static item => item.Dispose());
        _flow.Dispose();
        _metrics.Dispose();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void On_a_thin_link_live_waits_no_longer_for_a_replay_and_terminals_keep_their_share(int terminals)
    {
        SimulatedLink link = LinkOf(32_000, wayMs: 20, terminals);

        // 16 KiB to begin with are half a second of this link.
        Assert.True(link.Run(TimeSpan.FromSeconds(5)).Queue < TimeSpan.FromMilliseconds(800));
        (long carried, long replayed) = (link.Carried, link.Replayed);
        TimeSpan queue = link.Run(TimeSpan.FromSeconds(20)).Queue;
        Assert.InRange(queue, TimeSpan.FromMilliseconds(50), TimeSpan.FromMilliseconds(250));
        double perSecond = (link.Carried - carried + link.Replayed - replayed) / 20.0;
        Assert.InRange(perSecond, 0.85 * 32_000, 1.02 * 32_000);
        Assert.InRange((link.Carried - carried) / 20.0 / perSecond, 0.4, 0.6);
    }

    [Fact]
    public void A_replay_without_terminals_has_the_link_for_itself_and_live_waits_no_longer()
    {
        SimulatedLink link = LinkOf(32_000, wayMs: 20, terminals: 0);
        link.Run(TimeSpan.FromSeconds(5));
        long replayed = link.Replayed;
        TimeSpan queue = link.Run(TimeSpan.FromSeconds(20)).Queue;
        Assert.InRange(queue, TimeSpan.FromMilliseconds(50), TimeSpan.FromMilliseconds(250));
        Assert.InRange((link.Replayed - replayed) / 20.0, 0.85 * 32_000, 1.02 * 32_000);
    }

    [Fact]
    public void A_terminal_that_is_not_acknowledged_holds_up_no_replay()
    {
        SimulatedLink link = LinkOf(1_000_000, wayMs: 20, terminals: 1);
        link[0].IsStalled = true;
        link.Run(TimeSpan.FromSeconds(5));
        long replayed = link.Replayed;
        link.Run(TimeSpan.FromSeconds(5));
        Assert.InRange((link.Replayed - replayed) / 5.0, 900_000, 1_020_000);
    }

    [Fact]
    public void Who_sends_no_marks_back_is_not_paced_and_terminals_go_on()
    {
        SimulatedLink link = LinkOf(1_000_000, wayMs: 20, terminals: 1);
        link.ReturnsMarks = false;
        link[0].Output = 0;
        link.Run(TimeSpan.FromSeconds(5));
        long replayed = link.Replayed;
        link.Run(TimeSpan.FromSeconds(5));
        Assert.InRange((link.Replayed - replayed) / 5.0, 900_000, 1_020_000);
    }

    private SimulatedLink LinkOf(int bytesPerSecond, int wayMs, int terminals)
    {
        var outbox = new Outbox(WireFormats.JsonFrames, Options, 65_536, Metrics);
        var replay = new ReplayFlow(outbox, _flow, Options, _clock);
        _opened.Add(replay);
        return new SimulatedLink(_flow, _clock, bytesPerSecond, TimeSpan.FromMilliseconds(wayMs), terminals)
        {
            Replay = (replay, outbox),
        };
    }
}

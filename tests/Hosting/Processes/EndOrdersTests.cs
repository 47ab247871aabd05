using System.Runtime.InteropServices;
using Realtime.Hosting.Processes;
using Realtime.Tests.Support;

namespace Realtime.Tests.Hosting.Processes;

public sealed class EndOrdersTests : IDisposable
{
    private readonly ManualClock _clock = new();
    private readonly List<int> _left = [];
    private readonly EndOrders _orders;

    public EndOrdersTests() => _orders = new EndOrders(_clock, _left.Add);

    [Theory]
    [InlineData(PosixSignal.SIGTERM, PosixSignal.SIGTERM, 143)]
    [InlineData(PosixSignal.SIGTERM, PosixSignal.SIGINT, 130)]
    [InlineData(PosixSignal.SIGINT, PosixSignal.SIGTERM, 143)]
    [InlineData(PosixSignal.SIGINT, PosixSignal.SIGINT, 130)]
    public void Who_is_told_twice_leaves_at_once(PosixSignal first, PosixSignal second, int code)
    {
        Order(first);
        _clock.Advance(TimeSpan.FromSeconds(10));
        Assert.Empty(_left);

        Order(second);

        Assert.Equal([code], _left);
    }

    [Fact]
    public void An_order_that_comes_twice_because_it_was_passed_on_is_one()
    {
        Order(PosixSignal.SIGTERM);
        _clock.Advance(TimeSpan.FromMilliseconds(499));
        Order(PosixSignal.SIGTERM);
        Assert.Empty(_left);

        _clock.Advance(TimeSpan.FromMilliseconds(1));
        Order(PosixSignal.SIGTERM);

        Assert.Equal([143], _left);
    }

    public void Dispose() => _orders.Dispose();

    private void Order(PosixSignal signal)
    {
        var context = new PosixSignalContext(signal);
        _orders.Take(context);
        Assert.True(context.Cancel, "else the runtime ends the process before the host can");
    }
}

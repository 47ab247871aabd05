using Realtime.Devhost.Demo;

namespace Realtime.Tests.Devhost;

public class ProgressMeterTests
{
    [Fact]
    public void It_rises_with_the_bytes_and_stays_below_100_until_the_end()
    {
        var meter = new ProgressMeter(expectedBytes: 200);

        Assert.True(meter.Advance(20));
        Assert.Equal(10, meter.Percent);
        Assert.False(meter.Advance(21));
        Assert.True(meter.Advance(1_000_000));
        Assert.Equal(99, meter.Percent);
        meter.Complete();
        Assert.Equal(100, meter.Percent);
    }

    [Fact]
    public void It_never_runs_backwards()
    {
        var meter = new ProgressMeter(expectedBytes: 100);
        meter.Advance(50);

        Assert.False(meter.Advance(10));
        Assert.Equal(50, meter.Percent);
    }
}

using Realtime.Devhost.Demo;

namespace Realtime.Tests.Devhost;

public class ProgressMeterTests
{
    [Fact]
    public void Steps_share_100_alike_and_100_is_only_at_the_end()
    {
        var meter = new ProgressMeter(steps: 4);

        Assert.Equal((0, 0), (meter.StepNumber, meter.Percent));
        meter.BeginStep(expectedBytes: null);
        Assert.Equal((1, 0), (meter.StepNumber, meter.Percent));
        meter.BeginStep(expectedBytes: null);
        Assert.Equal((2, 25), (meter.StepNumber, meter.Percent));
        meter.BeginStep(expectedBytes: null);
        meter.BeginStep(expectedBytes: 100);
        Assert.Equal((4, 75), (meter.StepNumber, meter.Percent));
        Assert.True(meter.Advance(1_000_000));
        Assert.Equal(99, meter.Percent);
        meter.Complete();
        Assert.Equal(100, meter.Percent);
    }

    [Fact]
    public void Inside_a_step_it_rises_with_the_bytes_of_an_earlier_run()
    {
        var meter = new ProgressMeter(steps: 2);
        meter.BeginStep(expectedBytes: 200);

        Assert.True(meter.Advance(40));
        Assert.Equal(10, meter.Percent);
        Assert.False(meter.Advance(41));
        Assert.True(meter.Advance(1_000));
        Assert.Equal(50, meter.Percent);
    }

    [Fact]
    public void Without_an_earlier_run_it_guesses_nothing()
    {
        var meter = new ProgressMeter(steps: 2);
        meter.BeginStep(expectedBytes: null);

        Assert.False(meter.Advance(1_000_000));
        Assert.Equal(0, meter.Percent);
    }

    [Fact]
    public void It_never_runs_backwards()
    {
        var meter = new ProgressMeter(steps: 1);
        meter.BeginStep(expectedBytes: 100);
        meter.Advance(50);

        Assert.False(meter.Advance(10));
        Assert.Equal(50, meter.Percent);
        meter.BeginStep(expectedBytes: null);
        Assert.Equal(50, meter.Percent);
    }
}

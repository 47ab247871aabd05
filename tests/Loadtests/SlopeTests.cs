using Realtime.Loadtests.Measuring;

namespace Realtime.Tests.Loadtests;

public class SlopeTests
{
    [Fact]
    public void It_is_that_of_the_line_of_least_squares()
    {
        Assert.Equal(0, Slope.Of([]));
        Assert.Equal(0, Slope.Of([(3, 7)]));
        Assert.Equal(0, Slope.Of([(3, 7), (3, 9)]));
        Assert.Equal(2, Slope.Of([(0, 1), (1, 3), (2, 5)]), 1e-9);
        Assert.Equal(-0.475, Slope.Of([(0, 4), (2, 3.5), (4, 1.5), (6, 1.5)]), 0.001);
    }

    // Why a soak reads behind full collections: 100 MiB that stay, and a heap that its collector lets grow by 60 MiB in
    // 8 minutes before it takes them back, look like a leak, as one of 1 MiB a minute looks like none.
    [Fact]
    public void Through_a_heap_that_was_not_collected_it_tells_when_that_was()
    {
        Assert.InRange(Slope.Of(Sawtooth(leakPerMinute: 0, collectedAt: 9)), 3, 8);
        Assert.InRange(Slope.Of(Sawtooth(leakPerMinute: 1, collectedAt: 5)), -8, 0);
    }

    private static List<(double At, double Value)> Sawtooth(double leakPerMinute, double collectedAt) =>
    [
        .. Enumerable.Range(0, 600).Select(second => second / 60.0).Select(minute => (
            minute,
            100 + (leakPerMinute * minute)
                + ((minute < collectedAt ? minute + 8 - collectedAt : minute - collectedAt) * 60 / 8))),
    ];
}

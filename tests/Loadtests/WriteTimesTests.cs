using System.Diagnostics;
using Realtime.Loadtests.Load;
using Realtime.Loadtests.Steps;
using Realtime.Loadtests.Terminals;

namespace Realtime.Tests.Loadtests;

public class WriteTimesTests
{
    private const int Second = 1_000_000;

    private readonly Step _recorder = new("deliver");
    private readonly WriteTimes _times;

    // Writes of 100 bytes from offset 50 on, one a second: due at 0 s, 1 s, 2 s, ...
    public WriteTimesTests()
    {
        _times = new WriteTimes(50, 100, new OpenLoopSchedule(0, 1), 4, _recorder);
        _recorder.Measure(0, long.MaxValue);
    }

    [Theory]
    [InlineData(0, 149, 0)]
    [InlineData(0, 150, 1)]
    [InlineData(149, 150, 1)]
    [InlineData(150, 249, 0)]
    [InlineData(150, 350, 2)]
    [InlineData(0, 10_000, 4)]
    [InlineData(450, 10_000, 0)]
    public void A_write_is_delivered_with_its_last_byte(long from, long until, int writes)
    {
        _times.Record(from, until, Stopwatch.Frequency * 10);

        Assert.Equal(writes, _recorder.Done);
    }

    [Fact]
    public void Latency_counts_from_when_a_write_was_due()
    {
        _times.Record(150, 250, Stopwatch.Frequency * 5);

        Assert.Equal(4 * Second, _recorder.Latency.Max);
        Assert.Equal(450, _times.End);
    }
}

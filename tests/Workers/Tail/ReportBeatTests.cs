using Realtime.Tests.Support;
using Realtime.Workers.Delivery;
using Realtime.Workers.Tail;

namespace Realtime.Tests.Workers.Tail;

public sealed class ReportBeatTests : IDisposable
{
    private readonly ManualClock _clock = new();
    private readonly TailOptions _options = new();
    private readonly ReportBeat _beat;
    private readonly List<long> _told = [];

    public ReportBeatTests() => _beat = new ReportBeat(_options, _clock);

    public void Dispose() => _beat.Dispose();

    [Fact]
    public async Task All_who_wait_are_woken_at_the_same_beat()
    {
        var first = new Signal();
        var second = new Signal();
        Task both = Task.WhenAll(first.WaitAsync().AsTask(), second.WaitAsync().AsTask());
        Assert.Equal(1, _beat.Await(first));
        _clock.Advance(_options.ReportInterval / 2);
        Assert.Equal(1, _beat.Await(second));
        Assert.False(both.IsCompleted);

        _clock.Advance(_options.ReportInterval / 2);
        await both.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal(1, _beat.Number);
    }

    [Fact]
    public void It_does_not_beat_for_nobody()
    {
        _beat.Await(new Signal());
        _clock.Advance(_options.ReportInterval);
        _clock.Advance(_options.ReportInterval * 10);
        Assert.Equal(1, _beat.Number);
        _beat.Await(new Signal());
        _clock.Advance(_options.ReportInterval);
        Assert.Equal(2, _beat.Number);
    }

    [Fact]
    public void A_position_is_told_at_the_next_beat_and_then_the_newest_one()
    {
        var report = new ReaderReport<long>(TellAsync, _beat, new Signal());
        report.Tell(1, CancellationToken.None);
        report.Tell(2, CancellationToken.None);
        Assert.Empty(_told);

        _clock.Advance(_options.ReportInterval);
        report.Tell(3, CancellationToken.None);
        report.Tell(4, CancellationToken.None);
        Assert.Equal([3], _told);

        _clock.Advance(_options.ReportInterval);
        report.Tell(4, CancellationToken.None);
        report.Tell(4, CancellationToken.None);
        Assert.Equal([3, 4], _told);
    }

    [Fact]
    public void Small_steps_are_told_at_every_tenth_beat_and_a_large_one_at_the_next()
    {
        var report = new ReaderReport<long>(TellAsync, _beat, new Signal(), (before, now) => now - before < 10);
        report.Tell(3, CancellationToken.None);
        for (int beats = 1; beats < 10; beats++)
        {
            _clock.Advance(_options.ReportInterval);
            report.Tell(3 + (beats / 2), CancellationToken.None);
            Assert.Empty(_told);
        }

        _clock.Advance(_options.ReportInterval);
        report.Tell(8, CancellationToken.None);
        Assert.Equal([8], _told);

        report.Tell(9, CancellationToken.None);
        _clock.Advance(_options.ReportInterval);
        report.Tell(20, CancellationToken.None);
        Assert.Equal([8], _told);
        _clock.Advance(_options.ReportInterval);
        report.Tell(21, CancellationToken.None);
        Assert.Equal([8, 21], _told);
    }

    [Theory]
    [InlineData(10, 10)]
    [InlineData(50, 10)]
    [InlineData(200, 2)]
    [InlineData(1000, 1)]
    public void However_slow_the_beat_a_reader_that_moves_counts_all_the_time(int intervalMs, int beats)
    {
        using var beat = new ReportBeat(
            new TailOptions { ReportInterval = TimeSpan.FromMilliseconds(intervalMs) }, _clock);
        Assert.Equal(beats, beat.SlowBeats);
    }

    private Task TellAsync(long position, CancellationToken stopping)
    {
        _told.Add(position);
        return Task.CompletedTask;
    }
}

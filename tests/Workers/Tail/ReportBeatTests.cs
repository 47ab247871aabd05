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

    private Task TellAsync(long position, CancellationToken stopping)
    {
        _told.Add(position);
        return Task.CompletedTask;
    }
}

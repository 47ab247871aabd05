using Realtime.Tests.Support;
using Realtime.Workers.Tail;

namespace Realtime.Tests.Workers.Tail;

/// <summary>When live output is cut: at once when idle, else after 16 ms or at 32 KiB.</summary>
public sealed class CutPaceTests
{
    private const int Batch = 32 * 1024;

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(16);

    private readonly ManualClock _clock = new();
    private readonly CutPace _pace;

    public CutPaceTests() => _pace = new CutPace(_clock) { Interval = Interval };

    [Fact]
    public void The_first_output_and_output_after_a_pause_is_cut_at_once()
    {
        Assert.Equal(CutStep.CutAll, _pace.Next(isStale: true, isWanted: true, waiting: 0));
        _pace.Cut();
        _clock.Advance(Interval);
        Assert.Equal(CutStep.CutAll, _pace.Next(isStale: true, isWanted: true, waiting: 0));
        Assert.Equal(CutStep.CutAll, _pace.Next(isStale: false, isWanted: true, waiting: 1));
    }

    [Fact]
    public void Soon_after_a_cut_less_than_a_full_batch_waits_for_16_ms()
    {
        _pace.Cut();
        long cutAt = _clock.GetTimestamp();
        _clock.Advance(TimeSpan.FromMilliseconds(15));
        Assert.Equal(CutStep.Wait, _pace.Next(isStale: false, isWanted: true, waiting: Batch - 1));
        Assert.Equal(cutAt + Interval.Ticks, _pace.WaitsUntil);
        _clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(CutStep.CutAll, _pace.Next(isStale: false, isWanted: true, waiting: Batch - 1));
    }

    [Fact]
    public void A_full_batch_waits_for_nothing_but_what_is_left_of_it_does()
    {
        _pace.Cut();
        Assert.Equal(CutStep.CutWhole, _pace.Next(isStale: false, isWanted: true, waiting: Batch));
        _pace.Cut();
        Assert.Equal(CutStep.Wait, _pace.Next(isStale: false, isWanted: true, waiting: 100));
    }

    [Fact]
    public void Between_two_cuts_it_asks_four_times_at_most_how_much_there_is()
    {
        _pace.Cut();
        Assert.Equal(CutStep.Look, _pace.Next(isStale: true, isWanted: true, waiting: 0));
        int looks = 0;
        for (int tick = 0; tick < 160; tick++)
        {
            if (_pace.Next(isStale: true, isWanted: true, waiting: 0) == CutStep.Look)
            {
                _pace.Looked();
                looks++;
            }

            _clock.Advance(TimeSpan.FromMilliseconds(0.1));
        }

        Assert.InRange(looks, 3, 4);
    }

    [Fact]
    public void Nobody_who_waits_for_bytes_costs_one_question_in_16_ms()
    {
        Assert.Equal(CutStep.Wait, _pace.Next(isStale: false, isWanted: false, waiting: 0));
        Assert.Null(_pace.WaitsUntil);
        Assert.Equal(CutStep.Look, _pace.Next(isStale: true, isWanted: false, waiting: 0));
        _pace.Looked();
        _clock.Advance(TimeSpan.FromMilliseconds(15));
        Assert.Equal(CutStep.Wait, _pace.Next(isStale: true, isWanted: false, waiting: 0));
        _clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(CutStep.Look, _pace.Next(isStale: true, isWanted: false, waiting: 0));
    }
}

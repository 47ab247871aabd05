using Realtime.Log;
using Realtime.Tests.Log.Redis;
using Realtime.Tests.Support;
using Realtime.Workers.Tail;

namespace Realtime.Tests.Workers.Tail;

public sealed class LossNoticesTests
{
    private readonly ManualClock _clock = new();
    private readonly ListLogger<LossNotices> _logger = new();

    [Fact]
    public void A_loss_is_said_once_for_each_tenant_with_a_count()
    {
        using var notices = new LossNotices(_clock, _logger);
        for (int partition = 0; partition < 16; partition++)
        {
            // Who renews the epoch is told something else than those who find it renewed.
            ReadOutcome outcome = partition % 2 == 0 ? ReadOutcome.NotThere : ReadOutcome.OtherEpoch;
            notices.Lost(new StreamKey("acme", partition), outcome, partition == 3 ? null : 2);
        }

        notices.Lost(new StreamKey("other", 1), ReadOutcome.OtherEpoch, 5);
        Assert.Empty(_logger.Lines);
        _clock.Advance(TimeSpan.FromSeconds(2));

        string[] lines = [.. _logger.Lines.Order()];
        Assert.Equal(2, lines.Length);
        Assert.Contains("1 streams of one tenant: entries that are gone: 5.", lines[0], StringComparison.Ordinal);
        Assert.Contains("16 streams", lines[1], StringComparison.Ordinal);
        Assert.Contains("an unknown number, at least 30", lines[1], StringComparison.Ordinal);

        notices.Lost(new StreamKey("acme", 0), ReadOutcome.OtherEpoch, 1);
        _clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(3, _logger.Lines.Count);
    }

    [Fact]
    public void Retention_is_another_matter_and_the_end_of_the_process_hides_nothing()
    {
        var notices = new LossNotices(_clock, _logger);
        notices.Lost(new StreamKey("acme", 0), ReadOutcome.Trimmed, 4);
        notices.Lost(new StreamKey("acme", 1), ReadOutcome.OtherEpoch, 0);

        notices.Dispose();

        Assert.Equal(2, _logger.Lines.Count);
        Assert.Single(_logger.Lines, line => line.Contains("retention took", StringComparison.Ordinal));
        _clock.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(2, _logger.Lines.Count);
    }
}

using Microsoft.Extensions.Logging.Abstractions;
using Realtime.Log;
using Realtime.Log.Memory;
using Realtime.Protocol;
using Realtime.Tests.Support;

namespace Realtime.Tests.Log;

/// <summary>Leases of the embedded log as its clock jumps, and as time passes without any.</summary>
public sealed class MemoryLeaseClockTests : IAsyncDisposable
{
    private static readonly CancellationToken None = CancellationToken.None;
    private static readonly TimeSpan Term = TimeSpan.FromSeconds(30);

    private static readonly Lease TheLease = new(
        new LeaseKey("demo", LeaseKind.Agent, "a1"), new ProducerClaim("runner", 5), Term);

    private readonly ManualClock _clock = new();
    private readonly MemoryLog _log;

    public MemoryLeaseClockTests() =>
        _log = new MemoryLog(new LogOptions { Partitions = 1 }, _clock, NullLogger<MemoryLog>.Instance);

    public ValueTask DisposeAsync() => _log.DisposeAsync();

    [Theory]
    [InlineData(-60)]
    [InlineData(60)]
    public async Task However_the_clock_jumps_nobody_is_lost_and_who_is_gone_is_lost_a_term_later(int minutes)
    {
        await _log.LeaseAsync(TheLease, None);
        Assert.Equal(default, await SweepAsync());

        _clock.JumpBy(TimeSpan.FromMinutes(minutes));
        Assert.Equal(new LeaseSweepReport(0, 0, 0, Extended: 1), await SweepAsync());

        int seconds = 0;
        for (LeaseSweepReport report = default; report == default && seconds < 60; seconds++)
        {
            _clock.Advance(TimeSpan.FromSeconds(1));
            report = await SweepAsync();
            Assert.Equal(0, report.Extended);
        }

        Assert.Equal(30, seconds);
    }

    [Fact]
    public async Task That_nobody_looked_while_there_were_none_gives_no_new_term()
    {
        await _log.LeaseAsync(TheLease, None);
        await _log.ReleaseLeaseAsync(TheLease.Key, TheLease.Holder, None);
        Assert.Equal(default, await SweepAsync());
        _clock.Advance(TimeSpan.FromHours(1));

        await _log.LeaseAsync(TheLease, None);

        Assert.Equal(default, await SweepAsync());
    }

    private Task<LeaseSweepReport> SweepAsync() => _log.SweepLeasesAsync(0, None);
}

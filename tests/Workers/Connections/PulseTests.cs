using System.IO.Pipelines;
using Realtime.Tests.Support;
using Realtime.Workers.Connections;

namespace Realtime.Tests.Workers.Connections;

/// <summary>Who is dead, and who only seems so.</summary>
public sealed class PulseTests : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(1);

    private readonly ManualClock _clock = new();
    private readonly Pulse _pulse;
    private readonly Pipe _pipe = new();
    private readonly HeardReader _reader;

    public PulseTests()
    {
        _pulse = new Pulse(_clock, Interval);
        _reader = new HeardReader(_pipe.Reader, _pulse);
    }

    private bool IsDead => _pulse.IsDead(_clock.GetTimestamp(), Tick);

    [Fact]
    public void Silence_of_two_intervals_is_death_and_is_found_within_them()
    {
        _ = _reader.ReadAsync().AsTask();
        _clock.Advance(2 * Interval - Tick);
        Assert.False(IsDead);
        _clock.Advance(Tick / 2);
        Assert.True(IsDead);
    }

    [Fact]
    public async Task Any_byte_is_a_sign_of_life_whole_message_or_not()
    {
        ValueTask<ReadResult> reading = _reader.ReadAsync();
        for (int i = 0; i < 10; i++)
        {
            _clock.Advance(Interval);
            await _pipe.Writer.WriteAsync(new byte[] { 0x81 });
            ReadResult read = await reading;
            _reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
            reading = _reader.ReadAsync();
            _clock.Advance(Interval / 2);
            Assert.False(IsDead);
        }
    }

    [Fact]
    public async Task While_we_do_not_listen_nobody_is_silent()
    {
        await _pipe.Writer.WriteAsync(new byte[] { 0x81 });
        ReadResult read = await _reader.ReadAsync();

        // A request is handled, which waits for a log that hangs.
        _clock.Advance(TimeSpan.FromMinutes(5));
        Assert.False(IsDead);

        // And the time from then on counts.
        _reader.AdvanceTo(read.Buffer.End);
        _ = _reader.ReadAsync().AsTask();
        _clock.Advance(Interval);
        Assert.False(IsDead);
        _clock.Advance(Interval);
        Assert.True(IsDead);
    }

    [Fact]
    public void Who_can_say_nothing_is_never_dead()
    {
        _clock.Advance(TimeSpan.FromHours(1));
        Assert.False(IsDead);
    }

    [Fact]
    public void Heartbeats_come_at_their_interval_the_first_at_a_random_phase()
    {
        var phases = new HashSet<double>();
        for (int i = 0; i < 20; i++)
        {
            var pulse = new Pulse(_clock, Interval);
            double first = NextBeat(pulse);
            Assert.InRange(first, 0, 20);
            Assert.Equal(20, NextBeat(pulse), 1.0);
            phases.Add(first);
        }

        Assert.True(phases.Count > 5, "connections made together beat at different times");
    }

    [Fact]
    public void Another_interval_holds_from_now_on()
    {
        NextBeat(_pulse);
        _pulse.Interval = TimeSpan.FromSeconds(10);
        Assert.Equal(10, NextBeat(_pulse), 1.0);
        _ = _reader.ReadAsync().AsTask();
        _clock.Advance(TimeSpan.FromSeconds(19.5));
        Assert.True(IsDead);
    }

    public void Dispose()
    {
        _pipe.Writer.Complete();
        _pipe.Reader.Complete();
    }

    private double NextBeat(Pulse pulse)
    {
        double waited = 0;
        while (!pulse.TryBeat(_clock.GetTimestamp()))
        {
            _clock.Advance(TimeSpan.FromSeconds(0.5));
            waited += 0.5;
        }

        return waited;
    }
}

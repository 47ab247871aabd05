using Realtime.Tests.Support;
using Realtime.Workers.Connections;

namespace Realtime.Tests.Workers.Connections;

/// <summary>How fast a connection may send, by arithmetic.</summary>
public sealed class ConnectionRateTests
{
    private static readonly ConnectionRateOptions Options = new()
    {
        MessagesPerSecond = 10,
        MessagesBurst = 5,
        BytesPerSecond = 10_000,
        BytesBurst = 50_000,
        ControlFramesPerSecond = 2,
        ControlFramesBurst = 3,
    };

    private readonly ManualClock _clock = new();

    [Fact]
    public void At_the_rate_it_goes_on_for_ever_and_a_burst_is_had_once()
    {
        ConnectionRate rate = NewRate();
        for (int i = 0; i < 6; i++)
        {
            rate.TakeMessage();
        }

        Assert.Null(rate.Exceeded);
        for (int i = 0; i < 1000; i++)
        {
            _clock.Advance(TimeSpan.FromMilliseconds(100));
            rate.TakeMessage();
        }

        Assert.Null(rate.Exceeded);
        rate.TakeMessage();
        rate.TakeMessage();
        Assert.Equal("messages", rate.Exceeded);
    }

    [Fact]
    public void Who_was_quiet_saved_no_more_than_a_burst()
    {
        ConnectionRate rate = NewRate();
        _clock.Advance(TimeSpan.FromHours(1));
        for (int i = 0; i < 6; i++)
        {
            rate.TakeMessage();
        }

        Assert.Null(rate.Exceeded);
        rate.TakeMessage();
        Assert.Equal("messages", rate.Exceeded);
    }

    [Fact]
    public void Bytes_and_control_frames_have_buckets_of_their_own()
    {
        ConnectionRate bytes = NewRate();
        bytes.TakeBytes(60_000);
        Assert.Null(bytes.Exceeded);
        bytes.TakeBytes(0);
        Assert.Equal("bytes", bytes.Exceeded);

        ConnectionRate control = NewRate();
        for (int i = 0; i < 4; i++)
        {
            control.TakeControl();
        }

        Assert.Null(control.Exceeded);
        control.TakeControl();
        Assert.Equal("control frames", control.Exceeded);
    }

    [Fact]
    public void A_patient_one_waits_as_long_as_its_debt_is_and_is_closed_for_pings_alone()
    {
        ConnectionRate rate = NewRate(isPatient: true);
        rate.TakeMessages(15);
        Assert.Equal(TimeSpan.FromSeconds(1), rate.Wait);
        rate.TakeBytes(70_000 - 32);
        Assert.Equal(TimeSpan.FromSeconds(2), rate.Wait);

        // What comes while there is a debt.
        rate.TakeMessages(0);
        rate.TakeBytes(-32);
        Assert.Null(rate.Exceeded);
        _clock.Advance(TimeSpan.FromSeconds(2));
        rate.TakeMessages(0);
        rate.TakeBytes(-32);

        Assert.Equal(TimeSpan.Zero, rate.Wait);
        Assert.Null(rate.Exceeded);
        for (int i = 0; i < 5; i++)
        {
            rate.TakeControl();
        }

        Assert.Equal("control frames", rate.Exceeded);
    }

    private ConnectionRate NewRate(bool isPatient = false) => new(Options.OfViewers, Options, isPatient, _clock);
}

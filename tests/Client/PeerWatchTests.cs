using Realtime.Client.Connections;
using Realtime.Tests.Support;

namespace Realtime.Tests.Client;

/// <summary>A dead peer is found by the clock alone.</summary>
public sealed class PeerWatchTests : IAsyncDisposable
{
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(20);

    private readonly ManualClock _clock = new();
    private readonly PeerWatch _watch;
    private int _pings;
    private int _deaths;

    public PeerWatchTests() => _watch = new PeerWatch(_clock, Heartbeat, () => _pings++, () => _deaths++);

    public ValueTask DisposeAsync() => _watch.DisposeAsync();

    [Fact]
    public void One_heartbeat_of_silence_asks_and_two_give_up()
    {
        _clock.Advance(TimeSpan.FromSeconds(19));
        Assert.Equal((0, 0), (_pings, _deaths));
        _clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal((1, 0), (_pings, _deaths));
        _clock.Advance(TimeSpan.FromSeconds(18));
        Assert.Equal((1, 0), (_pings, _deaths));
        _clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal((1, 1), (_pings, _deaths));
    }

    [Fact]
    public void Whoever_answers_is_asked_again_and_lives()
    {
        for (int i = 1; i <= 5; i++)
        {
            _clock.Advance(TimeSpan.FromSeconds(25));
            Assert.Equal((i, 0), (_pings, _deaths));
            _watch.Heard();
        }

        Assert.Equal(0, _deaths);
    }

    [Fact]
    public async Task Whoever_answers_at_once_lives_for_ever()
    {
        PeerWatch? watch = null;
        int pings = 0;
        int deaths = 0;
        watch = new PeerWatch(_clock, Heartbeat, () => { pings++; watch!.Heard(); }, () => deaths++);
        await using (watch)
        {
            for (int i = 0; i < 1000; i++)
            {
                _clock.Advance(TimeSpan.FromSeconds(1));
            }
        }

        Assert.Equal(0, deaths);
        Assert.InRange(pings, 45, 50);
    }

    [Fact]
    public void What_the_server_agrees_to_later_holds_from_then_on()
    {
        _clock.Advance(TimeSpan.FromSeconds(15));
        _watch.Heard();
        _watch.Agree(TimeSpan.FromSeconds(10));
        _clock.Advance(TimeSpan.FromSeconds(11));
        Assert.Equal((1, 0), (_pings, _deaths));
        _clock.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal((1, 1), (_pings, _deaths));
    }

    [Fact]
    public void Whoever_speaks_is_not_asked()
    {
        for (int i = 0; i < 100; i++)
        {
            _clock.Advance(TimeSpan.FromSeconds(10));
            _watch.Heard();
        }

        Assert.Equal((0, 0), (_pings, _deaths));
    }
}

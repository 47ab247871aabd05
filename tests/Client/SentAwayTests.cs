using Realtime.Client.Connections;
using Realtime.Tests.Support;

namespace Realtime.Tests.Client;

/// <summary>The floor under the wait of who is sent away soon after each welcome.</summary>
public class SentAwayTests
{
    private readonly ManualClock _clock = new();

    [Theory]
    [InlineData(4429, 1, 2, 4, 8, 16, 30, 30)]
    [InlineData(4401, 0, 1, 2, 4, 8, 16, 30)]
    public void It_grows_and_begins_anew_after_half_a_minute(int code, params int[] seconds)
    {
        var sentAway = new SentAway(_clock);
        Assert.Equal(seconds, seconds.Select(_ => FloorAfter(sentAway, code, stoodSeconds: 29)));
        Assert.Equal(seconds[0], FloorAfter(sentAway, code, stoodSeconds: 30));
    }

    [Fact]
    public void Other_ends_have_none()
    {
        var sentAway = new SentAway(_clock);
        Assert.All(new[] { 1006, 1012, 4408 }, code => Assert.Equal(0, FloorAfter(sentAway, code, 0)));
    }

    private int FloorAfter(SentAway sentAway, int code, int stoodSeconds)
    {
        sentAway.OnWelcome();
        _clock.Advance(TimeSpan.FromSeconds(stoodSeconds));
        ConnectionEnd end = ConnectionEnd.OfClose(code, null, null) with { WasWelcomed = true };
        return (int)sentAway.FloorAfter(end).TotalSeconds;
    }
}

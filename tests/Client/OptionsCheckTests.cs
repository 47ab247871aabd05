using Realtime.Client;

namespace Realtime.Tests.Client;

/// <summary>Options are checked when a client is made.</summary>
public class OptionsCheckTests
{
    private static RealtimeClientOptions Good =>
        new() { Url = new Uri("https://edge:8443"), Token = FixedToken.Of("t") };

    [Theory]
    [InlineData("https://edge")]
    [InlineData("https://edge:8443/")]
    [InlineData("http://127.0.0.1:8080")]
    [InlineData("http://localhost")]
    [InlineData("http://[::1]:1")]
    public async Task Addresses_that_are_safe_are_taken(string url)
    {
        await using var client = new RealtimeClient(Good with { Url = new Uri(url) });
        Assert.Equal(ConnectionStatus.Idle, client.State.Status);
    }

    [Theory]
    [InlineData("http://edge")]
    [InlineData("wss://edge")]
    [InlineData("https://edge/path")]
    [InlineData("https://edge?access_token=x")]
    [InlineData("https://user@edge")]
    public void Addresses_that_are_not_are_named(string url)
    {
        var wrong = Assert.Throws<ArgumentException>(() => new RealtimeClient(Good with { Url = new Uri(url) }));
        Assert.Contains(new Uri(url).ToString(), wrong.Message);
    }

    [Fact]
    public void All_that_is_wrong_is_named_at_once_with_value_and_rule()
    {
        var wrong = Assert.Throws<ArgumentException>(() => new RealtimeClient(Good with
        {
            Token = null!,
            BufferItems = 0,
            BufferBytes = 5,
            MessageBytesMax = 1,
            ConnectTimeout = TimeSpan.Zero,
            Heartbeat = TimeSpan.FromSeconds(9),
            Reconnect = new ReconnectOptions { DelayMax = TimeSpan.FromMilliseconds(2), AttemptsMax = 0 },
            Publish = new PublishOptions { AttemptsMax = 0, DelayMax = TimeSpan.Zero, Timeout = TimeSpan.FromDays(1) },
        }));

        Assert.All(
            (string[])
            [
                "Token is null; it must be given.", "BufferItems is 0; it must be 1 to 1000000.", "BufferBytes is 5",
                "Heartbeat is 00:00:09; it must be 10 s to 60 s", "MessageBytesMax is 1",
                "ConnectTimeout is 00:00:00; it must be 1 ms to 1 hour.",
                "Reconnect.DelayMax is 00:00:00.0020000; it must be at least Reconnect.Delay.",
                "Reconnect.AttemptsMax is 0", "Publish.AttemptsMax is 0",
                "Publish.DelayMax is 00:00:00; it must be 1 ms to 1 hour.", "Publish.Timeout is 1.00:00:00",
            ],
            text => Assert.Contains(text, wrong.Message));
    }
}

namespace Realtime.Tests.Conformance;

public abstract partial class ConformanceSuite
{
    [Fact]
    public async Task Nothing_that_is_published_once_it_is_active_is_missed()
    {
        const int rounds = 6;
        foreach (int round in Range(rounds))
        {
            string name = Number(round);
            await OpenAsync(name);
            await Sdk.SubscribeAsync(name, $"s{name}");
            await Sdk.WhenActiveAsync($"s{name}");
            await PublishAsync("a1", 1);
            await Sdk.SeesAsync($"s{name}", 1);
            Assert.Equal([round], Sdk.Numbers($"s{name}"));

            // It has a place now: the connection may come and go.
            scene.Network.Cut();
            await Sdk.WhenActiveAsync($"s{name}");
            await Sdk.CloseAsync(name);
        }
    }

    [Fact]
    public async Task A_subscription_that_ends_before_it_is_active_says_why()
    {
        await Sdk.OpenAsync("c", scene.Url, [TokenOf("read:agents/a1")], SdkUnderTest.Quick());
        await Sdk.SubscribeAsync("c", "forbidden", Filter("agents", "b1"));
        await IsNeverActiveAsync("forbidden", "forbidden");
        await Sdk.WatchTerminalAsync("c", "term", "nothing");
        await IsNeverActiveAsync("term", "forbidden");

        await Sdk.OpenAsync("refused", scene.Url, [NoToken]);
        await Sdk.SubscribeAsync("refused", "r");
        await IsNeverActiveAsync("r", "unauthorized");
    }

    [Theory]
    [InlineData("unsubscribe")]
    [InlineData("close")]
    public async Task Whoever_waits_for_it_in_vain_is_told_when_it_is_closed(string how)
    {
        scene.Network.Refuse(true);
        await OpenAsync();
        await Sdk.SubscribeAsync("c", "s");
        Task waiting = IsNeverActiveAsync("s", "closed");
        await Sdk.StateAsync("c", "waiting");
        Assert.False(waiting.IsCompleted);
        await (how == "close" ? Sdk.CloseAsync("c") : Sdk.TellAsync("s", how));
        await waiting;
    }

    private async Task IsNeverActiveAsync(string subscription, string code)
    {
        SdkErrorException refused =
            await Assert.ThrowsAsync<SdkErrorException>(() => Sdk.WhenActiveAsync(subscription));
        Assert.Equal(code, refused.Code);
    }
}

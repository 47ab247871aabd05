using System.Text.Json.Nodes;

namespace Realtime.Tests.Conformance;

// Every SDK gives the same reasons, and what the server said in the server's words.
public abstract partial class ConformanceSuite
{
    [Fact]
    public async Task Without_a_worker_it_is_refused_in_the_words_of_the_server()
    {
        JsonObject? waiting = null;
        string detail = string.Empty;
        await OpenAsync();
        await scene.WithoutWorkerAsync(0, abruptly: true, () => scene.WithoutWorkerAsync(1, abruptly: true, async () =>
        {
            await Sdk.SubscribeAsync("c", "s");
            waiting = await Sdk.StateAsync(
                "c", "waiting", state => SdkUnderTest.Text(state, "code") == "no_worker");
            detail = await DetailOfDoorAsync(Token);
        }));
        Assert.Equal("refused", SdkUnderTest.Text(waiting!, "reason"));
        Assert.Equal(detail, SdkUnderTest.Text(waiting!, "detail"));
        await Sdk.WhenActiveAsync("s");
    }

    [Fact]
    public async Task A_refused_token_is_refused_in_the_words_of_the_server()
    {
        string detail = await DetailOfDoorAsync(NoToken);
        await Sdk.OpenAsync("c", scene.Url, [NoToken]);
        await Sdk.SubscribeAsync("c", "s");
        Assert.Equal(detail, SdkUnderTest.Text(await Sdk.StateAsync("c", "closed"), "detail"));
        Assert.Equal(detail, SdkUnderTest.Text(await Sdk.SawAsync("s", "failed"), "detail"));
        JsonObject waiting = await Sdk.StateAsync("c", "waiting");
        Assert.Equal(
            ("unauthorized", detail), (SdkUnderTest.Text(waiting, "reason"), SdkUnderTest.Text(waiting, "detail")));
    }

    [Fact]
    public async Task A_broken_connection_is_lost_and_one_that_cannot_be_made_unreachable()
    {
        await OpenAsync();
        await Sdk.SubscribeAsync("c", "s");
        await Sdk.WhenActiveAsync("s");
        scene.Network.Refuse(true);
        scene.Network.Cut();
        JsonObject unreachable = await Sdk.StateAsync(
            "c", "waiting", state => SdkUnderTest.Text(state, "reason") == "unreachable");
        JsonObject lost = await Sdk.StateAsync("c", "waiting");
        Assert.Equal("lost", SdkUnderTest.Text(lost, "reason"));
        Assert.Equal(1006, lost["close_code"]!.GetValue<int>());
        Assert.All([lost, unreachable], state => Assert.Equal("network", SdkUnderTest.Text(state, "code")));
    }

    private async Task<string> DetailOfDoorAsync(string token)
    {
        using HttpClient client = scene.System.CreateClient(token);
        using HttpResponseMessage answer = await client.GetAsync(new Uri("ws/agents", UriKind.Relative));
        return JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["detail"]!.GetValue<string>();
    }
}

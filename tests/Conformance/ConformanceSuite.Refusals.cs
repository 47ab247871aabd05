using System.Text.Json.Nodes;

namespace Realtime.Tests.Conformance;

public abstract partial class ConformanceSuite
{
    private const string NoToken = "eyJhbGciOiJIUzI1NiJ9.e30.c2ln";

    [Fact]
    public async Task A_fixed_token_that_is_refused_closes_and_says_so()
    {
        await Sdk.OpenAsync("c", scene.Url, [NoToken]);
        await Sdk.SubscribeAsync("c", "s");
        JsonObject closed = await Sdk.StateAsync("c", "closed");
        Assert.Equal("unauthorized", SdkUnderTest.Text(closed, "code"));
        Assert.Equal("unauthorized", SdkUnderTest.Text(await Sdk.SawAsync("s", "failed"), "code"));
        SdkErrorException refused = await Assert.ThrowsAsync<SdkErrorException>(() => Sdk.ConnectAsync("c"));
        Assert.Equal("unauthorized", refused.Code);
    }

    [Fact]
    public async Task A_refused_token_is_replaced_by_a_fresh_one()
    {
        await Sdk.OpenAsync("c", scene.Url, [NoToken, Token]);
        await Sdk.SubscribeAsync("c", "s");
        await Sdk.IsActiveAsync("s");
        IReadOnlyList<JsonObject> asked = Sdk.Of("c", "token");
        Assert.Equal([false, true], asked.Select(report => report["refused"]!.GetValue<bool>()));

        // And before each later attempt.
        scene.Network.Cut();
        await Sdk.IsActiveAsync("s", times: 2);
        Assert.False(Sdk.Of("c", "token")[2]["refused"]!.GetValue<bool>());
    }

    [Fact]
    public async Task A_callback_that_fails_is_a_failed_attempt()
    {
        await Sdk.OpenAsync("c", scene.Url, [null, null, Token]);
        await Sdk.ConnectAsync("c");
        JsonObject waiting = await Sdk.StateAsync("c", "waiting");
        Assert.Equal("token_failed", SdkUnderTest.Text(waiting, "code"));
        Assert.Equal(3, Sdk.Of("c", "token").Count);
    }

    [Fact]
    public async Task A_tenant_that_is_none_is_refused_for_good()
    {
        await Sdk.OpenAsync("c", scene.Url, [scene.System.Token(tenant: "not a tenant")]);
        SdkErrorException refused = await Assert.ThrowsAsync<SdkErrorException>(() => Sdk.ConnectAsync("c"));
        Assert.Equal("bad_tenant", refused.Code);
        Assert.Equal("closed", Sdk.States("c")[^1]);
    }

    [Fact]
    public async Task What_the_grants_do_not_cover_fails_alone()
    {
        await Sdk.OpenAsync("c", scene.Url, [TokenOf("read:agents/a1")]);
        await Sdk.SubscribeAsync("c", "forbidden", Filter("agents", "b1"));
        await Sdk.SubscribeAsync("c", "allowed", Filter("agents", "a1"));
        Assert.Equal("forbidden", SdkUnderTest.Text(await Sdk.SawAsync("forbidden", "failed"), "code"));
        await Sdk.IsActiveAsync("allowed");
        await PublishAsync("a1", 1);
        await Sdk.SeesAsync("allowed", 1);
        Assert.Equal(1, Sdk.States("c").Count(status => status == "connected"));

        SdkErrorException refused =
            await Assert.ThrowsAsync<SdkErrorException>(() => Sdk.PublishAsync("c", Event("a1", 1)));
        Assert.Equal("forbidden", refused.Code);
    }

    [Fact]
    public async Task A_subscription_that_is_wrong_fails_alone()
    {
        await OpenAsync();
        await Sdk.SubscribeAsync("c", "wrong", Filter("agents", "no name!"));
        await Sdk.SubscribeAsync("c", "right");
        Assert.Equal("bad_request", SdkUnderTest.Text(await Sdk.SawAsync("wrong", "failed"), "code"));
        await Sdk.IsActiveAsync("right");
        await PublishAsync("a1", 1);
        await Sdk.SeesAsync("right", 1);
    }

    [Fact]
    public async Task A_subscription_too_large_for_one_message_fails_alone()
    {
        // As many patterns and positions as the protocol allows, each nearly as long as it may be.
        const int listMax = 64, nameMax = 128, partitions = 1024;
        JsonArray Names() => List([.. Range(listMax).Select(number => Number(number).PadRight(nameMax, 'x'))]);
        await OpenAsync();
        await Sdk.ConnectAsync("c");
        await Sdk.SubscribeAsync("c", "large", new JsonObject
        {
            ["filter"] = new JsonObject
            {
                ["agents"] = Names(),
                ["tasks"] = Names(),
                ["projects"] = Names(),
                ["types"] = Names(),
            },
            ["after"] = List(
                [.. Range(partitions).Select(number => $"{Number(number - 1)}:1795230320701-100000000.k3x9qa")]),
        });
        await Sdk.SubscribeAsync("c", "small");
        Assert.Equal("too_large", SdkUnderTest.Text(await Sdk.SawAsync("large", "failed"), "code"));
        await Sdk.IsActiveAsync("small");
        await PublishAsync("a1", 1);
        await Sdk.SeesAsync("small", 1);
        Assert.Equal(["connecting", "connected"], Sdk.States("c"));
    }

    [Fact]
    public async Task Attempts_end_at_their_limit()
    {
        scene.Network.Refuse(true);
        await OpenAsync("c", options => options["attempts_max"] = 3);
        await Sdk.SubscribeAsync("c", "s");
        JsonObject closed = await Sdk.StateAsync("c", "closed");
        Assert.Equal("attempts_exhausted", SdkUnderTest.Text(closed, "code"));
        Assert.Equal("attempts_exhausted", SdkUnderTest.Text(await Sdk.SawAsync("s", "failed"), "code"));
        Assert.Equal(
            ["connecting", "waiting", "connecting", "waiting", "connecting", "closed"], Sdk.States("c"));
    }
}

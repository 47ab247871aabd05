using System.Text.Json.Nodes;
using Realtime.Tests.Support;

namespace Realtime.Tests.Conformance;

// Tokens that end or are revoked while the connection stands, and tickets.
public abstract partial class ConformanceSuite
{
    // Told of at once, asked for in its second quarter, and over before a test loses its patience.
    private static readonly TimeSpan Short = TimeSpan.FromSeconds(6);

    [Fact]
    public async Task A_token_that_ends_is_renewed_and_the_connection_goes_on()
    {
        string first = Ending();
        await Sdk.OpenAsync("c", scene.Url, [first, null, Token]);
        await Sdk.SubscribeAsync("c", "s");
        await Sdk.IsActiveAsync("s");
        await Sdk.SawAsync("c", "token", times: 3);
        await OverAsync(first);
        await PublishAsync("a1", 1);
        await Sdk.SeesAsync("s", 1);
        Assert.Equal(["connecting", "connected"], Sdk.States("c"));
        Assert.Equal([null, true, true], Sdk.Of("c", "token").Select(asked => asked["expiring"]?.GetValue<bool>()));
        Assert.Equal(["token_failed"], Notices());
    }

    [Fact]
    public async Task A_fresh_token_of_somebody_else_is_refused_and_the_next_one_renews()
    {
        string first = Ending(), other = scene.System.Token(tenant: _tenant, subject: "somebody-else");
        await Sdk.OpenAsync("c", scene.Url, [first, other, Token]);
        await Sdk.SubscribeAsync("c", "s");
        await Sdk.IsActiveAsync("s");
        await Sdk.SawAsync("c", "token", times: 3);
        await OverAsync(first);
        await PublishAsync("a1", 1);
        await Sdk.SeesAsync("s", 1);
        Assert.Equal(["connecting", "connected"], Sdk.States("c"));
        Assert.Equal([false, false, true], Sdk.Of("c", "token").Select(asked => asked["refused"]!.GetValue<bool>()));
        Assert.Equal(["forbidden"], Notices());
    }

    [Fact]
    public async Task A_token_that_ends_and_is_all_there_is_closes_the_client()
    {
        await Sdk.OpenAsync("c", scene.Url, [Ending()]);
        await Sdk.SubscribeAsync("c", "s");
        await Sdk.IsActiveAsync("s");
        JsonObject closed = await Sdk.StateAsync("c", "closed");
        Assert.Equal("unauthorized", SdkUnderTest.Text(closed, "code"));
        Assert.Equal("unauthorized", SdkUnderTest.Text(await Sdk.SawAsync("s", "failed"), "code"));
        JsonObject waiting = await Sdk.StateAsync("c", "waiting");
        Assert.Equal(4401, waiting["close_code"]!.GetValue<int>());
        Assert.Contains("token_failed", Notices());
    }

    [Fact]
    public async Task A_revoked_token_is_followed_by_another_one_or_closes_the_client()
    {
        string first = TokenOf("read:*"), second = TokenOf("read:*");
        await Sdk.OpenAsync("c", scene.Url, [first, second]);
        await Sdk.SubscribeAsync("c", "s");
        await Sdk.IsActiveAsync("s");
        await RevokeAsync(first);
        await Sdk.IsActiveAsync("s", times: 2);
        JsonObject waiting = await Sdk.StateAsync("c", "waiting");
        Assert.Equal(("unauthorized", 4401),
            (SdkUnderTest.Text(waiting, "reason"), waiting["close_code"]!.GetValue<int>()));

        await RevokeAsync(second);
        JsonObject closed = await Sdk.StateAsync("c", "closed");
        Assert.Equal("unauthorized", SdkUnderTest.Text(closed, "code"));
        Assert.Equal("unauthorized", SdkUnderTest.Text(await Sdk.SawAsync("s", "failed"), "code"));
    }

    [Fact]
    public async Task A_ticket_opens_one_connection_with_no_more_than_it_grants()
    {
        await OpenAsync("backend");
        string[] tickets =
        [
            await Sdk.CreateTicketAsync("backend", "read:agents/a1"),
            await Sdk.CreateTicketAsync("backend", "read:agents/a1"),
        ];
        await Sdk.OpenByTicketsAsync("c", scene.Url, NoToken, [.. tickets, tickets[0]]);
        await Sdk.SubscribeAsync("c", "s");
        await Sdk.IsActiveAsync("s");
        await PublishAsync("b1", 1);
        await PublishAsync("a1", 1);
        await Sdk.SeesAsync("s", 1);
        Assert.Equal("a1", Sdk.Of("s", "event")[0]["event"]!["agent"]!.GetValue<string>());

        // Each attempt has another one; one that was used opens nothing, and the next is asked for.
        scene.Network.Cut();
        await Sdk.IsActiveAsync("s", times: 2);
        scene.Network.Cut();
        await Sdk.SawAsync("c", "ticket", times: 4);
        Assert.DoesNotContain("closed", Sdk.States("c"));
        await Sdk.StateAsync("c", "waiting", state => SdkUnderTest.Text(state, "reason") == "unauthorized");
        Assert.Empty(Sdk.Of("c", "token"));
    }

    private string Ending() => scene.System.Token("read:*", _tenant, lifetime: Short);

    private IEnumerable<string?> Notices() => Sdk.Of("c", "notice").Select(told => SdkUnderTest.Text(told, "code"));

    // By the clock of this machine, which all of them have; and the worker has had its time to end what it ends.
    private static Task OverAsync(string token)
    {
        DateTimeOffset over = DateTimeOffset.FromUnixTimeSeconds(ClaimsOf(token)["exp"]!.GetValue<long>() + 1);
        return Eventually.TrueAsync("the token is over", () => TimeProvider.System.GetUtcNow() > over);
    }

    private async Task RevokeAsync(string token)
    {
        using HttpClient client = scene.System.CreateAdminClient();
        string id = ClaimsOf(token)["jti"]!.GetValue<string>();
        using HttpResponseMessage answer = await client.PostAsync(
            new Uri($"/admin/revocations?tenant={_tenant}&token_id={id}&reason=test", UriKind.Relative), null);
        answer.EnsureSuccessStatusCode();
    }

    private static JsonNode ClaimsOf(string token)
    {
        string payload = token.Split('.')[1].Replace('-', '+').Replace('_', '/');
        byte[] json = Convert.FromBase64String(payload.PadRight((payload.Length + 3) / 4 * 4, '='));
        return JsonNode.Parse(json)!;
    }
}

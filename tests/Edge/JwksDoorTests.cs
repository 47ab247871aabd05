using System.Net;
using Realtime.Tests.Hosting.Identity.Jwks;

namespace Realtime.Tests.Edge;

/// <summary>An edge that has the keys of tokens from an identity provider.</summary>
public sealed class JwksDoorTests
{
    private static readonly IssuerKey Key = IssuerKey.Rsa("k1");

    [Fact]
    public async Task Nobody_is_told_that_a_token_is_wrong_while_its_keys_cannot_be_had()
    {
        await using KeyServer keys = await KeyServer.StartAsync(Key);
        await using FakeWorker worker = await FakeWorker.StartAsync("w1");
        await keys.StopAsync();
        await using EdgeUnderTest edge = await StartAsync(keys, worker);
        using var sums = new MetricSums(edge);

        using HttpResponseMessage away = await edge.GetAsync("/v1/events", Token());
        await ProblemAssert.IsAsync(503, "auth_unavailable", away);
        Assert.NotNull(away.Headers.RetryAfter);
        Assert.Empty(away.Headers.WwwAuthenticate);
        Assert.Equal(1, sums["realtime_edge_refused_total stage=auth,reason=keys_unavailable"]);
        Assert.Equal(
            HttpStatusCode.ServiceUnavailable, (await edge.ConnectAsync("/ws/agents", Token())).HttpStatusCode);

        // A shared secret needs nobody.
        using HttpResponseMessage bySecret = await edge.GetAsync("/v1/events", EdgeUnderTest.Token());
        Assert.Equal(HttpStatusCode.OK, bySecret.StatusCode);
        await keys.StartAsync();
        await Support.Eventually.TrueAsync("the keys are there", async () =>
        {
            using HttpResponseMessage answer = await edge.GetAsync("/v1/events", Token());
            return answer.StatusCode == HttpStatusCode.OK;
        });
    }

    [Fact]
    public async Task Keys_are_there_before_the_first_token()
    {
        await using KeyServer keys = await KeyServer.StartAsync(Key);
        await using FakeWorker worker = await FakeWorker.StartAsync("w1");
        await using EdgeUnderTest edge = await StartAsync(keys, worker);
        await Support.Eventually.TrueAsync("they were asked for", () => keys.Requests == 1);

        using HttpResponseMessage answer = await edge.GetAsync("/v1/events", Token());

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(1, keys.Requests);
        Assert.DoesNotContain(edge.Logs.Lines, line => line.Contains("a-secret-of-the-address"));
    }

    private static Task<EdgeUnderTest> StartAsync(KeyServer keys, FakeWorker worker) => EdgeUnderTest.StartAsync(
        [worker],
        ("connection_plane:auth:jwks_url", keys.Url),
        ("connection_plane:auth:jwks_ca_file", keys.CaFile),
        ("connection_plane:auth:jwks_min_interval", "1s"));

    private static string Token()
    {
        long now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        return Key.Sign(
            $$"""{"sub":"ann","tenant":"acme","scope":"read:*","aud":"authenticated","exp":{{now + 300}}}""");
    }
}

using System.Text;
using Microsoft.AspNetCore.Http;
using Realtime.Hosting.Health;
using Realtime.Hosting.Identity;
using Realtime.Hosting.Identity.Jwks;
using Realtime.Tests.Support;

namespace Realtime.Tests.Hosting.Identity.Jwks;

/// <summary>Keys change, their server goes and comes, and strangers name keys that nobody has.</summary>
public sealed class JwksOutageTests
{
    private static readonly IssuerKey Old = IssuerKey.Ecdsa("old");
    private static readonly IssuerKey New = IssuerKey.Rsa("new");
    private static readonly TimeSpan LeastInterval = new AuthOptions().JwksMinInterval;

    [Fact]
    public async Task A_new_key_is_fetched_by_the_first_token_that_names_it_and_one_taken_away_ends()
    {
        await using JwksScene scene = await JwksScene.StartAsync([Old]);
        Assert.Equal(TokenFailure.None, await scene.VerifyAsync(Old));

        scene.Server.Keys = [Old, New];
        Assert.Equal(TokenFailure.BadSignature, await scene.VerifyAsync(New));
        Assert.Equal(1, scene.Server.Requests);
        scene.Clock.Advance(LeastInterval);
        Assert.Equal(TokenFailure.None, await scene.VerifyAsync(New));
        Assert.Equal(TokenFailure.None, await scene.VerifyAsync(Old));

        scene.Server.Keys = [New];
        scene.Clock.Advance(LeastInterval);
        await scene.Keys.RefreshAsync(default);
        Assert.Equal(TokenFailure.BadSignature, await scene.VerifyAsync(Old));
        Assert.Equal(TokenFailure.None, await scene.VerifyAsync(New));
    }

    [Fact]
    public async Task A_storm_of_unknown_keys_asks_once_and_again_only_after_the_least_interval()
    {
        await using JwksScene scene = await JwksScene.StartAsync([Old]);
        Assert.Equal(TokenFailure.None, await scene.VerifyAsync(Old));
        scene.Clock.Advance(LeastInterval);
        var held = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        scene.Server.Misbehaves = async context =>
        {
            await held.Task;
            await context.Response.WriteAsync(KeyServer.DocumentOf(Old.Jwk()));
        };

        Task<TokenFailure>[] storm = [.. Enumerable.Range(0, 200).Select(i => scene.VerifyAsync(
            New.Sign(scene.Claims(), keyId: $"unknown-{i}", withKeyId: i % 3 != 0)))];
        await Eventually.TrueAsync("it is asked", () => scene.Server.Requests == 2);
        Assert.DoesNotContain(storm, one => one.IsCompleted);

        // Who has a known key does not wait for theirs.
        Assert.Equal(TokenFailure.None, await scene.VerifyAsync(Old));
        held.SetResult();
        Assert.All(await Task.WhenAll(storm), failure => Assert.Equal(TokenFailure.BadSignature, failure));
        Assert.Equal(TokenFailure.BadSignature, await scene.VerifyAsync(New));
        Assert.Equal(2, scene.Server.Requests);
        scene.Clock.Advance(LeastInterval);
        Assert.Equal(TokenFailure.BadSignature, await scene.VerifyAsync(New));
        Assert.Equal(3, scene.Server.Requests);
    }

    [Fact]
    public async Task A_server_that_is_away_at_the_start_makes_nobody_wrong()
    {
        await using JwksScene scene = await JwksScene.StartAsync(
            [Old], options => options with { SigningKey = TestTokens.Key });
        await scene.Server.StopAsync();

        Assert.Equal(TokenFailure.KeysUnavailable, await scene.VerifyAsync(Old));
        Assert.Equal(TokenFailure.KeysUnavailable, await scene.VerifyAsync(New));
        Assert.Equal(1, scene.Fetches("unreachable"));
        Readiness without = new JwksReady(scene.Keys).Check();
        Assert.Equal(ReadinessStatus.Ready, without.Status);
        Assert.Contains(new Uri(scene.Server.Url).Authority, without.Reason);
        Assert.Equal(
            TokenFailure.None, await scene.VerifyAsync(TestTokens.Sign(scene.Clock, scene.Claims())));

        await scene.Server.StartAsync();
        Assert.Equal(TokenFailure.KeysUnavailable, await scene.VerifyAsync(Old));
        scene.Clock.Advance(LeastInterval);
        Assert.Equal(TokenFailure.None, await scene.VerifyAsync(Old));
        Assert.Equal(TokenFailure.BadSignature, await scene.VerifyAsync(New));
    }

    [Fact]
    public async Task Known_keys_go_on_while_the_server_is_away_for_as_long_as_configured()
    {
        await using JwksScene scene = await JwksScene.StartAsync([Old]);
        Assert.Equal(TokenFailure.None, await scene.VerifyAsync(Old));
        await scene.Server.StopAsync();

        scene.Clock.Advance(TimeSpan.FromHours(24));
        Assert.Equal(TokenFailure.None, await scene.VerifyAsync(Old));
        Assert.Equal(TokenFailure.KeysUnavailable, await scene.VerifyAsync(New));
        Assert.Equal(TokenFailure.None, await scene.VerifyAsync(Old));
        Assert.Equal(TokenFailure.BadSignature, await scene.VerifyAsync(IssuerKey.Ecdsa("old")));

        scene.Clock.Advance(TimeSpan.FromMinutes(11));
        Assert.Equal(TokenFailure.KeysUnavailable, await scene.VerifyAsync(Old));
        await scene.Server.StartAsync();
        scene.Clock.Advance(LeastInterval);
        Assert.Equal(TokenFailure.None, await scene.VerifyAsync(Old));
    }

    [Fact]
    public async Task No_token_waits_longer_than_the_timeout_for_a_server_that_hangs()
    {
        await using JwksScene scene = await JwksScene.StartAsync([Old]);
        scene.Server.Misbehaves = context => Task.Delay(
            Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted);
        Task<TokenFailure> waiting = scene.VerifyAsync(Old);
        await Eventually.TrueAsync("it is asked", () => scene.Server.Requests == 1);

        scene.Clock.Advance(TimeSpan.FromSeconds(4.9));
        Assert.False(waiting.IsCompleted);
        scene.Clock.Advance(TimeSpan.FromSeconds(0.1));

        Assert.Equal(TokenFailure.KeysUnavailable, await waiting);
        await Eventually.TrueAsync("it is counted", () => scene.Fetches("timed_out") == 1);
    }

    [Theory]
    [InlineData("status", "refused")]
    [InlineData("redirect", "refused")]
    [InlineData("large", "too_large")]
    [InlineData("no json", "malformed")]
    [InlineData("many keys", "malformed")]
    [InlineData("half", "unreachable")]
    public async Task A_wrong_answer_is_none(string kind, string outcome)
    {
        await using JwksScene scene = await JwksScene.StartAsync([Old]);
        Assert.Equal(TokenFailure.None, await scene.VerifyAsync(Old));
        scene.Clock.Advance(LeastInterval);
        scene.Server.Keys = [Old, New];
        scene.Server.Misbehaves = context => MisbehaveAsync(kind, context);

        Assert.Equal(TokenFailure.KeysUnavailable, await scene.VerifyAsync(New));
        Assert.Equal(TokenFailure.None, await scene.VerifyAsync(Old));
        Assert.Equal(1, scene.Fetches(outcome));
        Assert.Equal(2, scene.Server.Requests);
        string line = Assert.Single(scene.Logs, line => line.StartsWith("Warning", StringComparison.Ordinal));
        Assert.DoesNotContain(scene.Logs, one => one.Contains("a-secret-of-the-address", StringComparison.Ordinal));
        Assert.Contains("127.0.0.1", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Only_a_server_whose_certificate_is_trusted_is_believed()
    {
        await using KeyServer other = await KeyServer.StartAsync();
        await using JwksScene scene = await JwksScene.StartAsync(
            [Old], options => options with { JwksCaFile = other.CaFile });

        Assert.Equal(TokenFailure.KeysUnavailable, await scene.VerifyAsync(Old));
        Assert.Equal((0, 1L), (scene.Server.Requests, scene.Fetches("untrusted")));
    }

    [Fact]
    public async Task The_authority_may_be_replaced_while_all_runs()
    {
        string file = Path.GetTempFileName();
        try
        {
            await using KeyServer other = await KeyServer.StartAsync();
            File.Copy(other.CaFile, file, overwrite: true);
            await using JwksScene scene = await JwksScene.StartAsync(
                [Old], options => options with { JwksCaFile = file });
            Assert.Equal(TokenFailure.KeysUnavailable, await scene.VerifyAsync(Old));

            File.Copy(scene.Server.CaFile, file, overwrite: true);
            scene.Clock.Advance(TimeSpan.FromSeconds(10));
            Assert.Equal(TokenFailure.None, await scene.VerifyAsync(Old));

            // What holds none changes nothing.
            await File.WriteAllTextAsync(file, "nothing");
            scene.Clock.Advance(TimeSpan.FromSeconds(10));
            await scene.Keys.RefreshAsync(default);
            Assert.Equal((2L, 1L), (scene.Fetches("fetched"), scene.Fetches("untrusted")));
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public async Task Keys_are_fetched_at_the_start_and_again_by_and_by_not_all_at_the_same_moment()
    {
        await using JwksScene scene = await JwksScene.StartAsync([Old]);
        double[] minutes = [.. Enumerable.Range(0, 50).Select(_ => scene.Keys.NextWait().TotalMinutes)];
        Assert.All(minutes, wait => Assert.InRange(wait, 8, 10));
        Assert.True(minutes.Distinct().Count() > 40);

        using var refresh = new JwksRefresh(scene.Keys, scene.Clock);
        await refresh.StartAsync(default);
        await AskedAsync(scene, 1);
        scene.Clock.Advance(TimeSpan.FromMinutes(10));
        await AskedAsync(scene, 2);

        await scene.Server.StopAsync();
        scene.Clock.Advance(TimeSpan.FromMinutes(10));
        await FailedAsync(scene, 1);
        Assert.InRange(scene.Clock.Waits[0].TotalSeconds, 10, 10);
        scene.Clock.Advance(TimeSpan.FromSeconds(10));
        await FailedAsync(scene, 2);
        Assert.InRange(scene.Clock.Waits[0].TotalSeconds, 16, 20);
        await refresh.StopAsync(default);
    }

    private static Task AskedAsync(JwksScene scene, int requests) => Eventually.TrueAsync(
        "the keys came", () => scene.Server.Requests == requests && scene.Fetches("fetched") == requests
            && scene.Clock.Waits is [{ TotalMinutes: >= 8 and <= 10 }]);

    private static Task FailedAsync(JwksScene scene, int times) => Eventually.TrueAsync(
        "it failed", () => scene.Fetches("unreachable") == times && scene.Clock.Waits.Count == 1);

    private static async Task MisbehaveAsync(string kind, HttpContext context)
    {
        switch (kind)
        {
            case "status":
                context.Response.StatusCode = 500;
                break;
            case "redirect":
                context.Response.Redirect("/elsewhere");
                break;
            case "large":
                await context.Response.WriteAsync("{\"keys\":[]" + new string(' ', JwksDocument.BytesMax) + "}");
                break;
            case "no json":
                await context.Response.WriteAsync("<html>sign in</html>");
                break;
            case "many keys":
                await context.Response.WriteAsync(
                    KeyServer.DocumentOf(Enumerable.Range(0, 101).Select(_ => New.Jwk())));
                break;
            default:
                context.Response.ContentLength = 1_000;
                await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes("{\"keys\":["));
                await context.Response.Body.FlushAsync();
                context.Abort();
                break;
        }
    }
}

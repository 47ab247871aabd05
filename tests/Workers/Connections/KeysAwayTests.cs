using System.Text.Json;
using Realtime.Tests.Hosting.Identity.Jwks;
using Realtime.Tests.Support;
using Realtime.Workers.Connections;

namespace Realtime.Tests.Workers.Connections;

/// <summary>Fresh tokens whose keys have to be fetched first, or can't be.</summary>
public sealed class KeysAwayTests
{
    private static readonly IssuerKey Key = IssuerKey.Ecdsa("k1");

    [Fact]
    public async Task While_keys_are_fetched_the_connection_goes_on_and_no_other_token_is_looked_at()
    {
        await using KeyServer keys = await KeyServer.StartAsync(Key);
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var answers = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        keys.Misbehaves = async context =>
        {
            asked.TrySetResult();
            await answers.Task.WaitAsync(context.RequestAborted);
            await Microsoft.AspNetCore.Http.HttpResponseWritingExtensions.WriteAsync(
                context.Response, KeyServer.DocumentOf(Key.Jwk()));
        };
        await using RunningWorker worker = await StartAsync(keys);
        using WorkerSocket socket = await WorkerSocket.OpenAsync(worker);
        await socket.SayAsync(Auth(Key.Sign(Claims("someone", 600))));
        await asked.Task.WaitAsync(TimeSpan.FromSeconds(30));

        await socket.SayAsync(Auth(RunningWorker.Token()));
        JsonElement error = await socket.NextAsync("error");
        Assert.Equal(("rate_limited", true), (
            error.GetProperty("code").GetString(), error.GetProperty("retry").GetBoolean()));
        await socket.SayAsync("""[{"op":"subscribe","id":"s"},{"op":"ping","nonce":"7"}]""");
        await socket.NextAsync("pong");

        answers.SetResult();
        JsonElement renewed = await socket.NextAsync("authenticated");
        Assert.Equal(
            Assert.Single(worker.Get<ConnectionRegistry>().All).Connection.Identity.ExpiresAt.ToUnixTimeMilliseconds(),
            renewed.GetProperty("expires_at").GetInt64());
    }

    [Theory]
    [InlineData("/ws/agents")]
    [InlineData("/v1/publish")]
    public async Task Keys_that_cannot_be_had_are_no_fault_of_the_token(string path)
    {
        await using KeyServer keys = await KeyServer.StartAsync(Key);
        await keys.StopAsync();
        await using RunningWorker worker = await StartAsync(keys);
        using WorkerSocket socket = await WorkerSocket.OpenAsync(worker, path);
        await socket.SayAsync(Auth(Key.Sign(Claims("someone", 600))));
        JsonElement error = await socket.NextAsync("error");
        Assert.Equal(("auth_unavailable", "auth", true), (
            error.GetProperty("code").GetString(), error.GetProperty("request").GetString(),
            error.GetProperty("retry").GetBoolean()));
    }

    [Fact]
    public async Task A_token_that_ends_while_keys_of_a_fresh_one_are_fetched_ends_the_connection()
    {
        await using KeyServer keys = await KeyServer.StartAsync(Key);
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        keys.Misbehaves = async context =>
        {
            asked.TrySetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted);
        };
        await using RunningWorker worker = await StartAsync(keys);
        using WorkerSocket socket = await WorkerSocket.OpenAsync(
            worker, stamp: RunningWorker.Stamp(lifetime: TimeSpan.FromSeconds(2)));
        await socket.SayAsync(Auth(Key.Sign(Claims("someone", 600))));
        await asked.Task.WaitAsync(TimeSpan.FromSeconds(30));
        IReadOnlyList<string> ops = await socket.ClosedAsync();
        Assert.Equal((4401, "token_expired"), (socket.CloseCode, socket.CloseReason));
        Assert.DoesNotContain("authenticated", ops);

        // Nor is it kept for the answer, for which a token waits twice as long as this.
        await Eventually.TrueAsync(
            "it is gone", () => worker.Get<ConnectionRegistry>().Places == 0, TimeSpan.FromSeconds(10));
    }

    private static Task<RunningWorker> StartAsync(KeyServer keys) => RunningWorker.StartAsync(
        null, "--connection_plane:auth:jwks_url", keys.Url, "--connection_plane:auth:jwks_ca_file", keys.CaFile,
        "--connection_plane:auth:jwks_min_interval", "1s", "--connection_plane:auth:clock_skew", "0s",
        "--connection_plane:auth:jwks_timeout", "20s", "--connection_plane:connections:heartbeat", "1s");

    private static string Claims(string subject, int seconds)
    {
        long now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        return $$"""
            {"sub":"{{subject}}","tenant":"acme","scope":"read:*","aud":"authenticated","iat":{{now}},
             "exp":{{now + seconds}}}
            """;
    }

    private static string Auth(string token) => $$"""{"op":"auth","token":"{{token}}"}""";
}

using System.Text.Json;
using Realtime.Hosting.Identity;
using Realtime.Tests.Support;
using Realtime.Workers.Connections;
using Realtime.Workers.Revocations;

namespace Realtime.Tests.Workers.Connections;

/// <summary><c>auth</c>, <c>authenticated</c>, <c>expiring</c> and the end of a token, on real sockets.</summary>
public sealed class TokenRenewalTests
{
    private static readonly string[] Brisk =
    [
        "--connection_plane:connections:heartbeat", "1s", "--connection_plane:auth:clock_skew", "0s",
        "--connection_plane:connections:auth_warning", "2s",
    ];

    [Theory]
    [InlineData("/ws/agents")]
    [InlineData("/v1/publish")]
    public async Task A_fresh_token_keeps_the_connection_with_its_session_and_identity(string path)
    {
        await using RunningWorker worker = await RunningWorker.StartAsync(null, Brisk);
        using WorkerSocket socket = await WorkerSocket.OpenAsync(
            worker, path, RunningWorker.Stamp(edge: "e1", lifetime: TimeSpan.FromSeconds(3)));
        JsonElement expiring = await socket.NextAsync("expiring");
        IConnection connection = Assert.Single(worker.Get<ConnectionRegistry>().All).Connection;
        Assert.Equal(
            connection.Identity.ExpiresAt.ToUnixTimeMilliseconds(), expiring.GetProperty("expires_at").GetInt64());

        await socket.SayAsync(Auth(RunningWorker.Token(scope: "read:agents/a1 publish:agents/a1")));
        JsonElement answer = await socket.NextAsync("authenticated");

        Identity renewed = connection.Identity;
        Assert.Equal(renewed.ExpiresAt.ToUnixTimeMilliseconds(), answer.GetProperty("expires_at").GetInt64());
        Assert.Equal(
            ("e1", "c1", "read:agents/a1 publish:agents/a1"),
            (renewed.EdgeId, renewed.ConnectionId, renewed.Grants.Scope));
        Assert.Equal(socket.Session, connection.SessionId);

        // Longer than the old one lived: it is still there. Who reads answers pings.
        Task<JsonElement> pong = socket.NextAsync("pong");
        DateTimeOffset old = DateTimeOffset.FromUnixTimeMilliseconds(expiring.GetProperty("expires_at").GetInt64());
        await Eventually.TrueAsync(
            "the old token's time is over", () => TimeProvider.System.GetUtcNow() > old.AddMilliseconds(300));
        await socket.SayAsync("""{"op":"ping","nonce":"7"}""");
        await pong;
    }

    [Theory]
    [InlineData("/ws/agents")]
    [InlineData("/v1/publish")]
    public async Task Who_is_warned_and_sends_none_is_closed_when_it_expires(string path)
    {
        await using RunningWorker worker = await RunningWorker.StartAsync(null, Brisk);
        using WorkerSocket socket = await WorkerSocket.OpenAsync(
            worker, path, RunningWorker.Stamp(lifetime: TimeSpan.FromSeconds(3)));
        IReadOnlyList<string> ops = await socket.ClosedAsync();
        Assert.Equal(4401, socket.CloseCode);
        Assert.Equal("token_expired", socket.CloseReason);
        Assert.Single(ops, "expiring");
    }

    [Fact]
    public async Task Server_sent_events_tell_it_too()
    {
        await using RunningWorker worker = await RunningWorker.StartAsync(null, Brisk);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/sse/agents");
        using HttpResponseMessage answer = await worker.SendAsync(
            request, RunningWorker.Stamp(lifetime: TimeSpan.FromSeconds(3)));
        string text = await answer.Content.ReadAsStringAsync();
        int expiring = text.IndexOf(
            "event: expiring\ndata: {\"op\":\"expiring\",\"expires_at\":", StringComparison.Ordinal);
        int close = text.IndexOf(
            "event: close\ndata: {\"code\":4401,\"reason\":\"token_expired\"}\n\n", StringComparison.Ordinal);
        Assert.True(expiring > 0 && close > expiring, text);
    }

    [Theory]
    [InlineData("/ws/agents")]
    [InlineData("/v1/publish")]
    public async Task Wrong_tokens_are_refused_by_name_and_the_old_one_holds(string path)
    {
        await using RunningWorker worker = await RunningWorker.StartAsync(
            null, "--connection_plane:connections:auth_per_minute", "100");
        using WorkerSocket socket = await WorkerSocket.OpenAsync(worker, path);
        Identity before = Assert.Single(worker.Get<ConnectionRegistry>().All).Connection.Identity;
        (string Token, string Code)[] wrong =
        [
            ("garbage", "unauthorized"),
            (RunningWorker.Token(lifetime: TimeSpan.FromHours(-1)), "token_expired"),
            (RunningWorker.Token(key: "another key, which has thirty-two bytes too"), "unauthorized"),
            (RunningWorker.Token(tenant: "other"), "forbidden"),
            (RunningWorker.Token(subject: "another"), "forbidden"),
            (RunningWorker.Token(tenant: "no name"), "bad_tenant"),
        ];
        foreach ((string token, string code) in wrong)
        {
            await socket.SayAsync(Auth(token));
            JsonElement error = await socket.NextAsync("error");
            Assert.Equal((code, "auth", false), (
                error.GetProperty("code").GetString(), error.GetProperty("request").GetString(),
                error.GetProperty("retry").GetBoolean()));
            Assert.DoesNotContain(token, error.GetRawText(), StringComparison.Ordinal);
        }

        Assert.Same(before, Assert.Single(worker.Get<ConnectionRegistry>().All).Connection.Identity);
    }

    [Theory]
    [InlineData("/ws/agents")]
    [InlineData("/v1/publish")]
    public async Task So_many_in_a_minute_are_looked_at_and_no_more(string path)
    {
        await using RunningWorker worker = await RunningWorker.StartAsync(
            null, "--connection_plane:connections:auth_per_minute", "2");
        using WorkerSocket socket = await WorkerSocket.OpenAsync(worker, path);
        foreach (string expected in (string[])["unauthorized", "unauthorized", "rate_limited", "rate_limited"])
        {
            await socket.SayAsync(Auth("garbage"));
            JsonElement error = await socket.NextAsync("error");
            Assert.Equal(expected, error.GetProperty("code").GetString());
            Assert.Equal(expected == "rate_limited", error.GetProperty("retry").GetBoolean());
        }
    }

    [Fact]
    public async Task A_subscription_that_is_made_while_grants_change_is_judged_by_those_of_now()
    {
        await using RunningWorker worker = await RunningWorker.StartAsync();
        using WorkerSocket socket = await WorkerSocket.OpenAsync(
            worker, stamp: RunningWorker.Stamp(scope: "read:agents/a1"));
        string token = RunningWorker.Token(scope: "read:agents/a2");
        await socket.SayAsync(
            """[{"op":"subscribe","id":"s1","agents":["a1"]},""" + Auth(token)
            + """,{"op":"subscribe","id":"s2","agents":["a1"]},{"op":"subscribe","id":"s3","agents":["a2"]}]""");
        var heard = new List<string>();
        string[] expected = ["authenticated", "error s1", "error s2", "subscribed s3", "unsubscribed s1"];
        while (!expected.All(heard.Contains))
        {
            JsonElement message = (await socket.NextAsync())!.Value;
            heard.Add(message.TryGetProperty("id", out JsonElement id)
                ? $"{message.GetProperty("op")} {id}"
                : $"{message.GetProperty("op")}");
        }

        Assert.DoesNotContain("subscribed s2", heard);
        Assert.True(heard.IndexOf("error s1") < heard.IndexOf("authenticated"));
        Assert.Equal(1, Assert.Single(worker.Get<ConnectionRegistry>().All).Connection.SubscriptionCount);
    }

    [Fact]
    public async Task Renewals_warnings_and_revocations_are_counted()
    {
        await using RunningWorker worker = await RunningWorker.StartAsync(
            null, [.. Brisk, "--connection_plane:connections:auth_per_minute", "2"]);
        using var connections = new Sums(worker, ConnectionMetrics.Name);
        using var revocations = new Sums(worker, RevocationMetrics.Name);
        using WorkerSocket socket = await WorkerSocket.OpenAsync(
            worker, stamp: RunningWorker.Stamp(lifetime: TimeSpan.FromSeconds(1)));
        await socket.NextAsync("expiring");
        await socket.SayAsync(Auth("garbage"));
        await socket.SayAsync(Auth(RunningWorker.Token()));
        await socket.NextAsync("authenticated");
        await socket.SayAsync(Auth("garbage"));
        await socket.NextAsync("error");
        await worker.OperateAsync(HttpMethod.Post, "/internal/revocations?tenant=acme");
        Assert.Equal(401, (await worker.GetAsync("/v1/agents")).Status);
        await socket.ClosedAsync();

        string[] renewals = ["unauthorized", "authenticated", "rate_limited"];
        Assert.All(renewals, outcome => Assert.Equal(1, connections[$"realtime_token_renewals_total {outcome}"]));
        Assert.Equal(1, connections["realtime_connections_expiring_total viewer"]);
        Assert.Equal(1, revocations["realtime_revocation_changes_total order"]);
        Assert.Equal(1, revocations["realtime_revoked_refused_total request"]);
        Assert.Equal(1, revocations["realtime_revoked_refused_total connection"]);
        await Eventually.TrueAsync(
            "the close is counted", () => connections["realtime_connections_closed_total websocket 4401"] == 1);
    }

    [Fact]
    public async Task Requests_behind_the_answer_go_by_the_fresh_token()
    {
        await using RunningWorker worker = await RunningWorker.StartAsync();
        using WorkerSocket producer = await WorkerSocket.OpenAsync(
            worker, "/v1/publish", RunningWorker.Stamp(scope: "publish:agents/a1 publish:terminal/t1"));
        Assert.Equal(["published", "error", "appended"], await OpsAsync(producer));
        await producer.SayAsync(Auth(RunningWorker.Token(scope: "publish:agents/a2")));
        await producer.NextAsync("authenticated");
        Assert.Equal(["error", "published", "error"], await OpsAsync(producer));

        static async Task<string[]> OpsAsync(WorkerSocket socket)
        {
            string[] messages =
            [
                """{"op":"publish","seq":1,"events":{"channel":"agents","type":"x","agent":"a1","payload":1}}""",
                """{"op":"publish","seq":2,"events":{"channel":"agents","type":"x","agent":"a2","payload":1}}""",
                """{"op":"append","seq":3,"task":"t1","data":"eA=="}""",
            ];
            var ops = new List<string>();
            foreach (string message in messages)
            {
                await socket.SayAsync(message);
                JsonElement answer = (await socket.NextAsync())!.Value;
                ops.Add(answer.GetProperty("op").GetString()!);
            }

            return [.. ops];
        }
    }

    private static string Auth(string token) => $$"""{"op":"auth","token":"{{token}}"}""";
}

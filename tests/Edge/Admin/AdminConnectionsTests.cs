using System.Text.Json;

namespace Realtime.Tests.Edge.Admin;

/// <summary>What several workers know is one answer, which says whose part is missing.</summary>
public sealed class AdminConnectionsTests : IAsyncLifetime
{
    private FakeWorker _first = null!;
    private FakeWorker _second = null!;
    private EdgeUnderTest _edge = null!;

    public async Task InitializeAsync()
    {
        _first = await FakeWorker.StartAsync("w1");
        _second = await FakeWorker.StartAsync("w2");
        _edge = await EdgeUnderTest.StartAsync(
            [_first, _second], ("connection_plane:edge:admin_worker_timeout", "300ms"));
    }

    public async Task DisposeAsync()
    {
        await _edge.DisposeAsync();
        await _first.DisposeAsync();
        await _second.DisposeAsync();
    }

    [Fact]
    public async Task The_longest_subject_and_session_can_be_named()
    {
        string longest = Uri.EscapeDataString(new string('\u4e2d', 256));
        JsonElement answer = await _edge.AdminAsync(
            $"/admin/connections/disconnect?subject={longest}&session={longest}&tenant=acme", HttpMethod.Post, 502);
        Assert.Contains("404", answer.GetProperty("detail").GetString());
    }

    [Fact]
    public async Task The_lists_of_all_workers_are_one_by_session()
    {
        List(_first, total: 3, more: false, "a", "c", "e");
        List(_second, total: 2, more: false, "b", "d");
        JsonElement answer = await _edge.AdminAsync("/admin/connections");

        Assert.Equal("a:w1 b:w2 c:w1 d:w2 e:w1", Told(answer));
        Assert.Equal("acme", answer.GetProperty("connections")[0].GetProperty("tenant").GetString());
        Assert.Equal(5, answer.GetProperty("total").GetInt64());
        Assert.False(answer.GetProperty("more").GetBoolean());
        Assert.Empty(answer.GetProperty("unreachable").EnumerateArray());
    }

    [Fact]
    public async Task A_limit_cuts_the_whole_and_says_that_there_is_more()
    {
        List(_first, total: 3, more: true, "a", "c");
        List(_second, total: 2, more: false, "b", "d");
        JsonElement answer = await _edge.AdminAsync("/admin/connections?limit=2&after=0");

        Assert.Equal("a:w1 b:w2", Told(answer));
        Assert.True(answer.GetProperty("more").GetBoolean());
        Assert.Contains("GET /internal/connections?limit=2&after=0 by edge-1", _second.Orders);
    }

    [Fact]
    public async Task Filters_reach_every_worker()
    {
        List(_first, total: 0, more: false);
        List(_second, total: 0, more: false);
        await _edge.AdminAsync("/admin/connections?tenant=acme&subject=a%26b%3Dc%20d&edge=edge-2&kind=producer");

        const string Asked = "GET /internal/connections?limit=100&tenant=acme&subject=a%26b%3Dc%20d&edge=edge-2"
            + "&kind=producer by edge-1";
        Assert.Contains(Asked, _first.Orders);
        Assert.Contains(Asked, _second.Orders);
    }

    [Fact]
    public async Task A_worker_that_did_not_answer_is_named()
    {
        List(_first, total: 1, more: false, "a");
        _second.HangsOnOrders = true;
        JsonElement answer = await _edge.AdminAsync("/admin/connections");

        Assert.Equal("a:w1", Told(answer));
        JsonElement missing = answer.GetProperty("unreachable").EnumerateArray().Single();
        Assert.Equal("w2", missing.GetProperty("worker").GetString());
        Assert.Contains("300 ms", missing.GetProperty("error").GetString());
    }

    [Theory]
    [InlineData("limit=0", "limit")]
    [InlineData("limit=1001", "limit")]
    [InlineData("kind=viewers", "kind")]
    [InlineData("tenant=a%20b", "tenant")]
    [InlineData("tennant=a", "tennant")]
    public async Task A_wrong_filter_is_400_and_named(string query, string where)
    {
        using HttpResponseMessage answer = await _edge.GetAdminAsync($"/admin/connections?{query}");

        JsonElement problem = await ProblemAssert.IsAsync(400, "bad_request", answer);
        Assert.Equal(where, problem.GetProperty("errors")[0].GetProperty("where").GetString());
        Assert.Empty(_first.Orders);
    }

    [Fact]
    public async Task Disconnecting_is_done_by_every_worker_and_added_up()
    {
        _first.Answers["POST /internal/connections/disconnect"] = (200, """{"disconnected":2}""");
        _second.Answers["POST /internal/connections/disconnect"] = (200, """{"disconnected":3}""");
        JsonElement answer = await _edge.AdminAsync(
            "/admin/connections/disconnect?tenant=acme&subject=ann&reconnect=false", HttpMethod.Post);

        Assert.Equal(5, answer.GetProperty("disconnected").GetInt64());
        Assert.Equal(
            [("w1", 2L), ("w2", 3L)],
            answer.GetProperty("workers").EnumerateArray().Select(one => (
                one.GetProperty("worker").GetString()!, one.GetProperty("disconnected").GetInt64())));
        Assert.Contains(
            "POST /internal/connections/disconnect?reconnect=false&tenant=acme&subject=ann by edge-1", _first.Orders);
    }

    [Fact]
    public async Task Disconnecting_says_who_did_not_do_it_and_fails_if_nobody_did()
    {
        _first.Answers["POST /internal/connections/disconnect"] = (200, """{"disconnected":2}""");
        JsonElement answer = await _edge.AdminAsync(
            "/admin/connections/disconnect?session=s1", HttpMethod.Post);
        Assert.Equal("w2", answer.GetProperty("unreachable")[0].GetProperty("worker").GetString());

        _first.Answers.Clear();
        using HttpResponseMessage failed = await _edge.PostAdminAsync("/admin/connections/disconnect?session=s1");
        JsonElement problem = await ProblemAssert.IsAsync(502, "bad_gateway", failed);
        Assert.Contains("w1", problem.GetProperty("detail").GetString());
        Assert.Contains("w2", problem.GetProperty("detail").GetString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("?reconnect=true")]
    [InlineData("?session=s1&reconnect=yes")]
    [InlineData("?session=")]
    public async Task Disconnecting_nobody_in_particular_is_400(string query)
    {
        using HttpResponseMessage answer = await _edge.PostAdminAsync($"/admin/connections/disconnect{query}");

        await ProblemAssert.IsAsync(400, "bad_request", answer);
        Assert.Empty(_first.Orders);
    }

    [Fact]
    public async Task Partitions_are_put_together_from_what_workers_know()
    {
        _first.Answers["GET /internal/partitions"] = (200, """
            {"partitions":[{"partition":0,"streams":2,"entries":10,"depth_max":5,"lag_max":1,"tenants":2},
            {"partition":1,"streams":1,"entries":null,"depth_max":0,"lag_max":0,"tenants":1}],"skew":1.5}
            """);
        _second.Answers["GET /internal/partitions"] = (200, """
            {"partitions":[{"partition":0,"streams":3,"entries":11,"depth_max":4,"lag_max":7,"tenants":1}],"skew":1.7}
            """);
        JsonElement answer = await _edge.AdminAsync("/admin/partitions?tenant=acme");

        Assert.Equal(
            """[{"partition":0,"streams":5,"tenants":2,"entries":11,"depth_max":5,"lag_max":7},"""
            + """{"partition":1,"streams":1,"tenants":1,"entries":null,"depth_max":0,"lag_max":0}]""",
            answer.GetProperty("partitions").GetRawText());
        Assert.Equal(1.7, answer.GetProperty("skew").GetDouble());
        Assert.Equal(2, answer.GetProperty("workers").GetArrayLength());
        Assert.Contains("GET /internal/partitions?tenant=acme by edge-1", _first.Orders);
    }

    [Fact]
    public async Task Limits_are_those_of_the_edge_and_of_each_worker()
    {
        _first.Answers["GET /internal/limits"] = (200, """{"limits":[{"key":"k","limit":5,"used":1}]}""");
        await _edge.ConnectAsync("/ws/agents", EdgeUnderTest.Token());
        JsonElement answer = await _edge.AdminAsync("/admin/limits");

        JsonElement connections = answer.GetProperty("limits").EnumerateArray().Single(
            limit => limit.GetProperty("key").GetString() == "connection_plane:edge:limits:connections_max");
        Assert.Equal(20_000, connections.GetProperty("limit").GetInt64());
        Assert.Equal(1, connections.GetProperty("used").GetInt64());
        JsonElement worker = answer.GetProperty("workers").EnumerateArray().Single();
        Assert.Equal("w1", worker.GetProperty("worker").GetString());
        Assert.Equal(5, worker.GetProperty("answer").GetProperty("limits")[0].GetProperty("limit").GetInt64());
        Assert.Equal("w2", answer.GetProperty("unreachable")[0].GetProperty("worker").GetString());
    }

    [Fact]
    public async Task The_configuration_is_what_is_in_force_without_secrets()
    {
        _first.Answers["GET /internal/configuration"] = (
            200, """{"values":[{"key":"k","value":"v","source":"file"}]}""");
        JsonElement answer = await _edge.AdminAsync("/admin/configuration");

        JsonElement ValueOf(string key) => answer.GetProperty("values").EnumerateArray()
            .Single(one => one.GetProperty("key").GetString() == key);
        Assert.Equal("300ms", ValueOf("connection_plane:edge:admin_worker_timeout").GetProperty("value").GetString());
        JsonElement silent = ValueOf("connection_plane:edge:forwarding:silent_cut");
        Assert.Equal("3s", silent.GetProperty("value").GetString());
        Assert.Equal("default", silent.GetProperty("source").GetString());
        Assert.Equal("(set)", ValueOf("connection_plane:edge:admin_token").GetProperty("value").GetString());
        string whole = answer.GetRawText();
        Assert.DoesNotContain(EdgeUnderTest.AdminToken, whole);
        Assert.DoesNotContain(EdgeUnderTest.SigningKey, whole);
        Assert.DoesNotContain(EdgeUnderTest.InternalKey, whole);
        Assert.Equal("w1", answer.GetProperty("workers")[0].GetProperty("worker").GetString());
        Assert.Equal("w2", answer.GetProperty("unreachable")[0].GetProperty("worker").GetString());
    }

    private static void List(FakeWorker worker, int total, bool more, params string[] sessions)
    {
        string list = string.Join(',', sessions.Select(session => $$"""{"session":"{{session}}","tenant":"acme"}"""));
        worker.Answers["GET /internal/connections"] = (
            200, $$"""{"connections":[{{list}}],"total":{{total}},"more":{{(more ? "true" : "false")}}}""");
    }

    private static string Told(JsonElement answer) => string.Join(
        ' ', answer.GetProperty("connections").EnumerateArray().Select(
            one => $"{one.GetProperty("session").GetString()}:{one.GetProperty("worker").GetString()}"));
}

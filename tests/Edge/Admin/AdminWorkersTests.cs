using System.Text.Json;
using Realtime.Tests.Support;

namespace Realtime.Tests.Edge.Admin;

/// <summary>Operators see workers through an edge, and take them out of service and back.</summary>
public sealed class AdminWorkersTests : IAsyncLifetime
{
    private const string Drain = """
        {"started_at":1000,"deadline_at":31000,"pace":50,"asked_pace":50,"connections":9,"left":4,"sent":5,
         "by":"edge-2"}
        """;

    private FakeWorker _first = null!;
    private FakeWorker _second = null!;
    private EdgeUnderTest _edge = null!;

    public async Task InitializeAsync()
    {
        _first = await FakeWorker.StartAsync("w1");
        _second = await FakeWorker.StartAsync("w2");
        _first.Answers["GET /internal/status"] = (200, $$"""{"worker":"w1","state":"draining","drain":{{Drain}}}""");
        _second.Answers["GET /internal/status"] = (200, """{"worker":"w2","state":"serving","drain":null}""");
        _edge = await EdgeUnderTest.StartAsync(
            [_first, _second], ("connection_plane:edge:admin_worker_timeout", "300ms"));
        await Eventually.TrueAsync("both are probed", () => _first.Probes > 0 && _second.Probes > 0);
        await Eventually.TrueAsync("and known", async () => (await _edge.WorkersAsync()).EnumerateArray()
            .All(worker => worker.GetProperty("available").GetBoolean()));
    }

    public async Task DisposeAsync()
    {
        await _edge.DisposeAsync();
        await _first.DisposeAsync();
        await _second.DisposeAsync();
    }

    [Fact]
    public async Task Each_worker_says_itself_how_far_its_drain_is_also_if_another_edge_ordered_it()
    {
        JsonElement[] workers = [.. (await _edge.WorkersAsync()).EnumerateArray()];
        JsonElement one = await _edge.AdminAsync("/admin/workers/w1");

        Assert.Equal(["draining", "ready"], workers.Select(worker => worker.GetProperty("state").GetString()));
        Assert.Equal(4, workers[0].GetProperty("drain").GetProperty("left").GetInt64());
        Assert.Equal("edge-2", one.GetProperty("drain").GetProperty("by").GetString());
        Assert.Equal("draining", one.GetProperty("status").GetProperty("state").GetString());
        Assert.Equal(JsonValueKind.Null, one.GetProperty("error").ValueKind);
        Assert.Equal(JsonValueKind.Null, workers[1].GetProperty("drain").ValueKind);
        JsonElement breaker = one.GetProperty("breaker");
        Assert.Equal("closed", breaker.GetProperty("state").GetString());
        Assert.Equal(0, breaker.GetProperty("failures").GetInt32());
        Assert.Equal(0, breaker.GetProperty("opened").GetInt64());
        Assert.Equal(JsonValueKind.Null, breaker.GetProperty("open_until").ValueKind);
    }

    [Fact]
    public async Task A_worker_that_does_not_answer_is_listed_all_the_same_with_the_reason_and_its_open_breaker()
    {
        await _second.StopAsync();
        JsonElement worker = default;
        await Eventually.TrueAsync("its breaker is open", async () =>
        {
            worker = await _edge.AdminAsync("/admin/workers/w2");
            return worker.GetProperty("breaker").GetProperty("state").GetString() == "open";
        });

        Assert.Equal("unreachable", worker.GetProperty("state").GetString());
        Assert.False(worker.GetProperty("available").GetBoolean());
        Assert.Equal("It does not answer /readyz.", worker.GetProperty("error").GetString());
        Assert.Equal(JsonValueKind.Null, worker.GetProperty("status").ValueKind);
    }

    [Fact]
    public async Task An_order_to_drain_reaches_the_worker_signed_with_deadline_and_pace()
    {
        _second.Answers["POST /internal/drain"] = (202, $$"""{"worker":"w2","state":"draining","drain":{{Drain}}}""");
        JsonElement answer = await _edge.AdminAsync(
            "/admin/workers/w2/drain?deadline=90s&pace=50", HttpMethod.Post, status: 202);

        Assert.Contains("POST /internal/drain?deadline=90s&pace=50 by edge-1", _second.Orders);
        Assert.DoesNotContain(_first.Orders, order => order.StartsWith("POST", StringComparison.Ordinal));
        Assert.Equal("w2", answer.GetProperty("id").GetString());
        Assert.Equal("draining", answer.GetProperty("state").GetString());
        Assert.Equal(5, answer.GetProperty("drain").GetProperty("sent").GetInt64());
        Assert.False(answer.GetProperty("available").GetBoolean());
    }

    [Fact]
    public async Task What_an_order_does_not_say_is_left_to_the_worker_and_a_drained_one_is_200()
    {
        _second.Answers["POST /internal/drain"] = (200, """{"worker":"w2","state":"drained","drain":null}""");
        JsonElement answer = await _edge.AdminAsync("/admin/workers/w2/drain", HttpMethod.Post);

        Assert.Contains("POST /internal/drain by edge-1", _second.Orders);
        Assert.Equal("drained", answer.GetProperty("state").GetString());
    }

    [Fact]
    public async Task Undrain_reaches_the_worker_and_what_it_refuses_is_passed_on()
    {
        _first.Answers["POST /internal/undrain"] = (200, """{"worker":"w1","state":"serving","drain":null}""");
        _second.Answers["POST /internal/undrain"] = (409, """{"code":"stopping","detail":"The process is ending."}""");
        await _edge.AdminAsync("/admin/workers/w1/undrain", HttpMethod.Post);
        using HttpResponseMessage refused = await _edge.PostAdminAsync("/admin/workers/w2/undrain");

        Assert.Contains("POST /internal/undrain by edge-1", _first.Orders);
        JsonElement problem = await ProblemAssert.IsAsync(409, "stopping", refused);
        Assert.Contains("w2", problem.GetProperty("detail").GetString());
        Assert.Contains("The process is ending.", problem.GetProperty("detail").GetString());
    }

    [Theory]
    [InlineData("GET", "/admin/workers/w9")]
    [InlineData("POST", "/admin/workers/w9/drain")]
    [InlineData("POST", "/admin/workers/w9/undrain")]
    [InlineData("GET", "/admin/workers/W1")]
    public async Task An_unknown_worker_is_404_and_the_known_ones_are_named(string method, string path)
    {
        using HttpResponseMessage answer = await _edge.SendAsync(
            new HttpMethod(method), path, EdgeUnderTest.AdminToken, on: _edge.AdminAddress);

        JsonElement problem = await ProblemAssert.IsAsync(404, "not_found", answer);
        Assert.Contains("w1, w2", problem.GetProperty("detail").GetString());
    }

    [Theory]
    [InlineData("deadline=30", "deadline", "from 1s to 1h")]
    [InlineData("deadline=500ms", "deadline", "from 1s to 1h")]
    [InlineData("deadline=2h", "deadline", "from 1s to 1h")]
    [InlineData("deadline=", "deadline", "from 1s to 1h")]
    [InlineData("pace=0", "pace", "from 1 to 100000")]
    [InlineData("pace=fast", "pace", "from 1 to 100000")]
    [InlineData("dedline=30s", "dedline", "takes deadline, pace")]
    [InlineData("pace=1&pace=2", "pace", "once")]
    public async Task A_wrong_order_is_400_with_the_rule_and_nothing_is_asked_of_the_worker(
        string query, string where, string rule)
    {
        foreach (string path in new[] { "/admin/workers/w2/drain", "/admin/edge/drain" })
        {
            using HttpResponseMessage answer = await _edge.PostAdminAsync($"{path}?{query}");

            JsonElement problem = await ProblemAssert.IsAsync(400, "bad_request", answer);
            JsonElement error = problem.GetProperty("errors").EnumerateArray().Single();
            Assert.Equal(where, error.GetProperty("where").GetString());
            Assert.Contains(rule, error.GetProperty("detail").GetString());
        }

        Assert.DoesNotContain(_second.Orders, order => order.StartsWith("POST", StringComparison.Ordinal));
        Assert.Equal("serving", (await _edge.AdminAsync("/admin/edge")).GetProperty("state").GetString());
    }

    [Fact]
    public async Task All_that_is_wrong_is_told_at_once()
    {
        using HttpResponseMessage answer = await _edge.PostAdminAsync("/admin/workers/w2/drain?deadline=x&pace=-1&a=b");

        JsonElement problem = await ProblemAssert.IsAsync(400, "bad_request", answer);
        Assert.Equal(3, problem.GetProperty("errors").GetArrayLength());
    }

    [Fact]
    public async Task A_worker_that_cannot_be_reached_is_502_or_504_by_name()
    {
        _second.HangsOnOrders = true;
        using HttpResponseMessage late = await _edge.PostAdminAsync("/admin/workers/w2/drain");
        JsonElement problem = await ProblemAssert.IsAsync(504, "bad_gateway", late);
        Assert.Contains("Worker w2", problem.GetProperty("detail").GetString());
        Assert.Contains("300 ms", problem.GetProperty("detail").GetString());

        await _second.StopAsync();
        using HttpResponseMessage gone = await _edge.PostAdminAsync("/admin/workers/w2/drain");
        problem = await ProblemAssert.IsAsync(502, "bad_gateway", gone);
        Assert.Contains("Worker w2", problem.GetProperty("detail").GetString());
    }

    [Fact]
    public async Task A_worker_that_does_not_know_the_word_of_this_edge_is_502()
    {
        await using EdgeUnderTest stranger = await EdgeUnderTest.StartAsync(
            [_second], ("connection_plane:internal_keys:0", "another-internal-key-of-32-bytes-or-more-!"));
        using HttpResponseMessage answer = await stranger.PostAdminAsync("/admin/workers/w2/drain");

        JsonElement problem = await ProblemAssert.IsAsync(502, "bad_gateway", answer);
        Assert.Contains("It answered 401", problem.GetProperty("detail").GetString());
    }

    [Theory]
    [InlineData("POST", "/admin/workers", "GET")]
    [InlineData("POST", "/admin/workers/w1", "GET")]
    [InlineData("GET", "/admin/workers/w1/drain", "POST")]
    [InlineData("GET", "/admin/workers/w1/undrain", "POST")]
    [InlineData("POST", "/admin/edge", "GET")]
    [InlineData("GET", "/admin/edge/drain", "POST")]
    [InlineData("GET", "/admin/edge/undrain", "POST")]
    [InlineData("POST", "/admin/connections", "GET")]
    [InlineData("GET", "/admin/connections/disconnect", "POST")]
    [InlineData("POST", "/admin/partitions", "GET")]
    [InlineData("POST", "/admin/limits", "GET")]
    [InlineData("POST", "/admin/configuration", "GET")]
    public async Task A_wrong_method_is_405_and_the_right_one_is_told(string method, string path, string right)
    {
        using HttpResponseMessage answer = await _edge.SendAsync(
            new HttpMethod(method), path, EdgeUnderTest.AdminToken, on: _edge.AdminAddress);

        await ProblemAssert.IsAsync(405, "method_not_allowed", answer);
        Assert.Equal([right], answer.Content.Headers.Allow);
    }

    [Fact]
    public async Task Each_request_leaves_one_line_for_the_audit_and_no_token_in_it()
    {
        await _edge.PostAdminAsync("/admin/workers/w2/drain?deadline=90s%0aforged&secret=hush");
        await _edge.PostAdminAsync("/admin/workers/w2%0aforged/drain");
        await _edge.SendAsync(HttpMethod.Get, "/admin/workers", "a-wrong-token-of-somebody", on: _edge.AdminAddress);
        string[] Lines() => [.. _edge.Logs.Lines.Where(line => line.Contains("Audit:", StringComparison.Ordinal))];
        await Eventually.TrueAsync("three lines are there", () => Lines().Count(
            line => !line.Contains("GET /admin/workers:", StringComparison.Ordinal)) == 3);

        string[] lines = [.. Lines().TakeLast(3)];
        Assert.Contains(
            "operator at 127.0.0.1 asked POST /admin/workers/{id}/drain id=w2 deadline=90s\\u000aforged: 400",
            lines[0]);
        Assert.Contains("asked POST /admin/workers/{id}/drain: 404", lines[1]);
        Assert.Contains("asked GET /admin/workers (no endpoint, or without its token): 401", lines[2]);
        Assert.All(lines, line => Assert.DoesNotContain("hush", line));
        Assert.DoesNotContain(
            _edge.Logs.Lines, line => line.Contains("Audit:", StringComparison.Ordinal)
                && (line.Contains(EdgeUnderTest.AdminToken) || line.Contains("a-wrong-token")));
    }
}

using System.Text.Json;

namespace Realtime.Tests.Edge.Admin;

/// <summary>An order to revoke goes to every worker, and the answer says who did it.</summary>
public sealed class AdminRevocationsTests : IAsyncLifetime
{
    private const string Path = "/internal/revocations";
    private const string Done = """{"revoked_at":1,"until":5000,"disconnected":2,"stored":true}""";
    private const string Unstored = """{"revoked_at":1,"until":6000,"disconnected":3,"stored":false}""";

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
    public async Task All_workers_do_it_by_one_time()
    {
        (_first.Answers[$"POST {Path}"], _second.Answers[$"POST {Path}"]) = ((200, Done), (200, Done));
        JsonElement answer = await _edge.AdminAsync(
            "/admin/revocations?tenant=acme&subject=a%26b&reason=laptop%20lost", HttpMethod.Post);

        long at = answer.GetProperty("revoked_at").GetInt64();
        string order = $"POST {Path}?tenant=acme&subject=a%26b&reason=laptop%20lost&at={at} by edge-1";
        Assert.Contains(order, _first.Orders);
        Assert.Contains(order, _second.Orders);
        Assert.Equal((5000, 4, true), (
            answer.GetProperty("until").GetInt64(), answer.GetProperty("disconnected").GetInt64(),
            answer.GetProperty("stored").GetBoolean()));
        Assert.Equal("w1:True:2 w2:True:2", Told(answer));
    }

    [Fact]
    public async Task Who_was_not_reached_is_named_and_it_is_accepted()
    {
        _first.Answers[$"POST {Path}"] = (200, Done);
        _second.HangsOnOrders = true;
        JsonElement answer = await _edge.AdminAsync("/admin/revocations?tenant=acme", HttpMethod.Post, 202);
        Assert.Equal("w1:True:2 w2:False:0", Told(answer));
        Assert.Contains("300 ms", answer.GetProperty("workers")[1].GetProperty("error").GetString());
    }

    [Fact]
    public async Task What_no_log_has_is_accepted_only()
    {
        (_first.Answers[$"POST {Path}"], _second.Answers[$"POST {Path}"]) = ((200, Unstored), (200, Unstored));
        JsonElement answer = await _edge.AdminAsync("/admin/revocations?tenant=acme", HttpMethod.Post, 202);
        Assert.Equal((6000, false), (
            answer.GetProperty("until").GetInt64(), answer.GetProperty("stored").GetBoolean()));
    }

    [Theory]
    [InlineData(507, 507, 507, "too_many")]
    [InlineData(503, 503, 503, "log_unavailable")]
    [InlineData(507, 503, 502, "bad_gateway")]
    [InlineData(404, 404, 502, "bad_gateway")]
    public async Task If_none_did_it_the_answer_says_why(int first, int second, int status, string code)
    {
        _first.Answers[$"DELETE {Path}"] = (first, """{"detail":"because"}""");
        _second.Answers[$"DELETE {Path}"] = (second, """{"detail":"because"}""");
        JsonElement answer = await _edge.AdminAsync("/admin/revocations?tenant=acme", HttpMethod.Delete, status);
        Assert.Equal(code, answer.GetProperty("code").GetString());
        Assert.Contains("Worker w2:", answer.GetProperty("detail").GetString());
    }

    [Fact]
    public async Task Lists_are_one_each_revocation_once()
    {
        _first.Answers[$"GET {Path}"] = (200, List(2, "j:acme/1", "t:other/"));
        _second.Answers[$"GET {Path}"] = (200, List(2, "j:acme/1", "s:acme/ann"));
        JsonElement answer = await _edge.AdminAsync("/admin/revocations?tenant=acme&limit=2&after=j:acme/0");
        Assert.Equal(
            ["j:acme/1", "s:acme/ann"],
            answer.GetProperty("revocations").EnumerateArray().Select(one => one.GetProperty("id").GetString()));
        Assert.True(answer.GetProperty("more").GetBoolean());
        Assert.Contains($"GET {Path}?limit=2&tenant=acme&after=j%3Aacme%2F0 by edge-1", _first.Orders);
    }

    [Theory]
    [InlineData("POST", "", "tenant")]
    [InlineData("POST", "?subject=x", "tenant")]
    [InlineData("POST", "?tenant=acme&subject=a&token_id=b", "subject or token_id")]
    [InlineData("POST", "?tenant=acme&reason=a%0Ab", "reason")]
    [InlineData("DELETE", "?tenant=a%20b", "tenant")]
    [InlineData("DELETE", "?tenant=acme&reason=x", "reason")]
    [InlineData("GET", "?limit=0", "limit")]
    public async Task A_wrong_order_is_400_and_reaches_nobody(string method, string query, string where)
    {
        JsonElement problem = await _edge.AdminAsync("/admin/revocations" + query, HttpMethod.Parse(method), 400);
        Assert.Equal(where, problem.GetProperty("errors")[0].GetProperty("where").GetString());
        Assert.Empty(_first.Orders);
    }

    private static string List(int total, params string[] ids) =>
        $"{{\"revocations\":[{string.Join(',', ids.Select(id => $"{{\"id\":\"{id}\"}}"))}],\"total\":{total},"
        + "\"more\":false}";

    private static string Told(JsonElement answer) => string.Join(
        ' ', answer.GetProperty("workers").EnumerateArray().Select(one =>
            $"{one.GetProperty("worker")}:{one.GetProperty("applied")}:{one.GetProperty("disconnected")}"));
}

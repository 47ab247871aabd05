using System.Text.Json;
using Realtime.Log;
using Realtime.Tests.Workers.Connections;
using Realtime.Workers.Partitions;

namespace Realtime.Tests.Workers.Internal;

/// <summary>Partitions, limits, configuration, and paths of another role.</summary>
public sealed class OtherEndpointTests
{
    [Fact]
    public async Task Partitions_say_what_they_hold_who_follows_and_how_uneven_they_are()
    {
        await using RunningWorker worker = await RunningWorker.StartAsync();
        string[] ids = await worker.PublishAsync([.. Enumerable.Range(0, 10).Select(
            _ => (object)new { channel = "agents", type = "t", agent = "a1", payload = 1 })]);
        int partition = int.Parse(ids[0].Split(':')[0]);
        using WorkerSocket viewer = await WorkerSocket.OpenAsync(worker, "/ws/agents?agents=a1");
        await viewer.NextAsync("subscribed");

        JsonElement answer = (await worker.OperateAsync(HttpMethod.Get, "/internal/partitions")).Json;
        Assert.Equal(4, answer.GetProperty("partitions").GetArrayLength());
        JsonElement one = answer.GetProperty("partitions")[partition];
        Assert.Equal(
            (partition, 1, 10, 0, 0, 1),
            (one.GetProperty("partition").GetInt32(), one.GetProperty("streams").GetInt32(),
                one.GetProperty("entries").GetInt32(), one.GetProperty("depth_max").GetInt32(),
                one.GetProperty("lag_max").GetInt32(), one.GetProperty("tenants").GetInt32()));
        Assert.Equal(4, answer.GetProperty("skew").GetDouble()); // All ten in one of four.

        JsonElement other = (await worker.OperateAsync(HttpMethod.Get, "/internal/partitions?tenant=other")).Json;
        Assert.Equal(0, other.GetProperty("partitions")[partition].GetProperty("streams").GetInt32());
        Assert.Equal(0, other.GetProperty("partitions")[partition].GetProperty("entries").GetInt32());
        Assert.Equal(JsonValueKind.Null, other.GetProperty("skew").ValueKind);
    }

    [Fact]
    public void Skew_is_the_largest_by_the_mean()
    {
        Assert.Null(PartitionSkew.Of([]));
        Assert.Null(PartitionSkew.Of([Report(0), Report(0)]));
        Assert.Equal(1, PartitionSkew.Of([Report(5), Report(5)]));
        Assert.Equal(1.333, PartitionSkew.Of([Report(10), Report(20)]));
    }

    [Fact]
    public async Task Limits_are_told_with_what_of_them_is_used()
    {
        await using RunningWorker worker = await RunningWorker.StartAsync(
            null, "--connection_plane:connections:connections", "7");
        using WorkerSocket viewer = await WorkerSocket.OpenAsync(worker);

        Answer answer = await worker.OperateAsync(HttpMethod.Get, "/internal/limits");
        JsonElement[] limits = [.. answer.Json.GetProperty("limits").EnumerateArray()];
        JsonElement places = limits.Single(
            one => one.GetProperty("key").GetString() == "connection_plane:connections:connections");
        Assert.Equal((7, 1), (places.GetProperty("limit").GetInt32(), places.GetProperty("used").GetInt32()));
        Assert.Contains(limits, one => one.GetProperty("used").ValueKind == JsonValueKind.Null);

        // Each under the key of its option, so that an operator finds what to change.
        JsonElement values = (await worker.OperateAsync(HttpMethod.Get, "/internal/configuration"))
            .Json.GetProperty("values");
        string?[] keys = [.. values.EnumerateArray().Select(one => one.GetProperty("key").GetString())];
        Assert.All(limits, one => Assert.Contains(one.GetProperty("key").GetString(), keys));
    }

    [Fact]
    public async Task The_configuration_is_shown_without_its_secrets()
    {
        await using RunningWorker worker = await RunningWorker.StartAsync(
            null, "--connection_plane:drain:pace", "77");
        Answer answer = await worker.OperateAsync(HttpMethod.Get, "/internal/configuration");
        Assert.DoesNotContain(
            RunningWorker.Key, System.Text.Encoding.UTF8.GetString(answer.Body), StringComparison.Ordinal);
        Assert.Equal(("77", "command line"), Find("connection_plane:drain:pace"));
        Assert.Equal(("30s", "default"), Find("connection_plane:drain:deadline"));
        Assert.Equal(("(set)", "command line"), Find("connection_plane:internal_keys"));
        Assert.Equal(("(set)", "command line"), Find("connection_plane:auth:signing_key"));
        Assert.Equal((null, "default"), Find("connection_plane:internal_keys_file"));

        (string?, string?) Find(string key)
        {
            JsonElement one = answer.Json.GetProperty("values").EnumerateArray()
                .Single(value => value.GetProperty("key").GetString() == key);
            return (one.GetProperty("value").GetString(), one.GetProperty("source").GetString());
        }
    }

    [Theory]
    [InlineData("stream", "POST", "/v1/events")]
    [InlineData("stream", "POST", "/v1/tasks/t1/terminal")]
    [InlineData("stream", "POST", "/v1/tasks/t1/terminal/end")]
    [InlineData("stream", "POST", "/v1/tasks/t1/terminal/resize")]
    [InlineData("stream", "GET", "/v1/publish")]
    [InlineData("ingest", "GET", "/v1/events")]
    [InlineData("ingest", "GET", "/v1/agents")]
    [InlineData("ingest", "GET", "/v1/tasks/t1/terminal")]
    [InlineData("ingest", "GET", "/sse/agents")]
    [InlineData("ingest", "GET", "/ws/agents")]
    [InlineData("ingest", "GET", "/ws/terminal/t1")]
    public async Task A_path_of_another_role_is_refused_so_that_the_edge_goes_on(
        string role, string method, string path)
    {
        await using RunningWorker worker = await RunningWorker.StartAsync(
            null, "--connection_plane:worker:roles:0", role);
        using var request = new HttpRequestMessage(HttpMethod.Parse(method), path);
        Answer answer = await Answer.ReadAsync(await worker.SendAsync(request, RunningWorker.Stamp()));

        answer.AssertProblem(503, "no_worker");
        Assert.Equal("role", answer.Headers["Realtime-Refused"]);
        Answer status = await worker.OperateAsync(HttpMethod.Get, "/internal/status");
        Assert.Equal([role], status.Json.GetProperty("roles").EnumerateArray().Select(one => one.GetString()));
        foreach (string internalPath in (string[])["partitions", "limits", "connections", "configuration"])
        {
            Assert.Equal(200, (await worker.OperateAsync(HttpMethod.Get, "/internal/" + internalPath)).Status);
        }
    }

    private static PartitionReport Report(long entries) => new(1, entries, 0, 0, false);
}

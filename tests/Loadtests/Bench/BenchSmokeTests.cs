using System.Text.Json;
using System.Text.RegularExpressions;
using Realtime.Loadtests.Commands;

namespace Realtime.Tests.Loadtests.Bench;

/// <summary>
/// Every part of the product and the peers that need no more than the test command installs, under a small load, to
/// the reports. nginx, haproxy and nats-server are servers of the machine's, and left to who benches.
/// </summary>
public sealed class BenchSmokeTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("realtime-loadtest-bench-");

    private string Json => Path.Combine(_directory.FullName, "bench.json");

    [Fact]
    public async Task Each_process_of_each_part_is_told_apart_at_each_load()
    {
        string html = Path.Combine(_directory.FullName, "bench.html");

        Assert.Equal(
            ExitCodes.Passed,
            await RunAsync(
                "--at", "all", "--at", "worker", "--at", "edge", "--loads", "100,200", "--html", html));

        JsonElement[] points = [.. Read().GetProperty("points").EnumerateArray()];
        Assert.Equal(
            ["realtime 100", "realtime-worker 100", "realtime-edge 100",
                "realtime 200", "realtime-worker 200", "realtime-edge 200"],
            points.Select(
                point => $"{point.GetProperty("contender")} {point.GetProperty("offered_deliveries_per_s")}"));
        Assert.Equal(
            ["edge worker redis client", "worker redis client", "edge stand-in client"],
            points[..3].Select(point => string.Join(
                ' ', point.GetProperty("cpu_s_per_million_deliveries").EnumerateObject().Select(one => one.Name))));
        Assert.All(points, AssertDelivered);
        string page = await File.ReadAllTextAsync(html);
        Assert.Contains("<svg", page);
        Assert.DoesNotMatch(new Regex("""(src|href)="(?!#)|url\(|@import|<script"""), page);
    }

    [Theory]
    [InlineData("signalr")]
    [InlineData("ws")]
    [InlineData("socket.io")]
    public async Task A_peer_is_measured_by_the_same_client(string peer)
    {
        Assert.Equal(ExitCodes.Passed, await RunAsync("--at", "none", "--peer", peer, "--loads", "100"));

        JsonElement point = Assert.Single(Read().GetProperty("points").EnumerateArray());
        AssertDelivered(point);
        Assert.Equal(peer, point.GetProperty("contender").GetString());
    }

    [Fact]
    public async Task The_highest_load_is_found()
    {
        // Whatever the machine does, 100 deliveries a second come within a minute, and 1 ms is too little for any.
        Assert.Equal(
            ExitCodes.ThresholdBroken,
            await RunAsync("--at", "worker", "--loads", "100", "--highest", "--p99", "1"));

        JsonElement found = Assert.Single(Read().GetProperty("highest").EnumerateArray());
        Assert.Equal(0, found.GetProperty("carried_deliveries_per_s").GetInt32());
        Assert.Equal(100, found.GetProperty("not_carried_deliveries_per_s").GetInt32());
    }

    public void Dispose() => _directory.Delete(recursive: true);

    private Task<int> RunAsync(params string[] args) => LoadtestCommand.InvokeAsync(
    [
        "bench", "--clients", "20", "--agents", "5", "--warmup", "500ms", "--duration",
        "1s", "--redis", "start:no", "--no-build", "--json", Json, .. args,
    ]);

    private JsonElement Read() => JsonDocument.Parse(File.ReadAllBytes(Json)).RootElement;

    // 20 viewers of 5 agents see each event 4 times: so many as were offered, due in the one measured second.
    private static void AssertDelivered(JsonElement point)
    {
        JsonElement figures = point.GetProperty("turns").GetProperty("figures");
        Assert.Equal(
            point.GetProperty("offered_deliveries_per_s").GetDouble(), figures.GetProperty("deliveries").GetDouble());
        Assert.Equal(0, figures.GetProperty("missing").GetDouble());
        Assert.True(figures.GetProperty("latency_p99_ms").GetDouble() > 0);
    }
}

using System.Text.Json;
using System.Text.Json.Nodes;
using Realtime.Loadtests.Commands;
using Realtime.Tests.Devhost;

namespace Realtime.Tests.Loadtests;

/// <summary>Small loads on a real devhost: the command line to the report.</summary>
public sealed class RunnerTests(DevhostFixture fixture) : IClassFixture<DevhostFixture>, IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("realtime-loadtest-test-");

    private string ReportPath => Path.Combine(_directory.FullName, "report.json");

    [Fact]
    public async Task Fan_out_delivers_every_event_once_and_in_order()
    {
        int exitCode = await RunAsync(
            "fan-out", "--clients", "20", "--agents", "5", "--rate", "100", "--warmup", "500ms", "--duration", "1s",
            "--runs", "2", "--threshold", "latency_p95_ms<=60000", "--threshold", "latency_p99_ms<=60000");

        Assert.Equal(ExitCodes.Passed, exitCode);
        using JsonDocument report = ReadReport();
        JsonElement scenario = report.RootElement.GetProperty("scenarios")[0];
        JsonElement figures = scenario.GetProperty("figures");
        Assert.Equal(400, figures.GetProperty("deliveries").GetDouble());
        Assert.Equal(0, figures.GetProperty("missing").GetDouble());
        Assert.True(figures.GetProperty("latency_p50_ms").GetDouble() > 0);
        Assert.True(figures.GetProperty("cpu_server_s").GetDouble() >= 0);
        Assert.Equal(2, scenario.GetProperty("runs").GetArrayLength());
        Assert.Equal(400, scenario.GetProperty("runs")[0].GetProperty("histograms_us").GetProperty("latency")
            .EnumerateArray().Sum(cell => cell[1].GetInt64()));
        Assert.True(report.RootElement.GetProperty("machine").GetProperty("cores").GetInt32() > 0);
    }

    [Fact]
    public async Task What_viewers_in_several_processes_saw_is_counted_once()
    {
        int exitCode = await RunAsync(
            "fan-out", "--clients", "20", "--agents", "5", "--rate", "100", "--warmup", "0s", "--duration", "1s",
            "--client-processes", "3", "--threshold", "latency_p95_ms<=60000", "--threshold", "latency_p99_ms<=60000");

        Assert.Equal(ExitCodes.Passed, exitCode);
        using JsonDocument report = ReadReport();
        JsonElement run = report.RootElement.GetProperty("scenarios")[0].GetProperty("runs")[0];
        Assert.Equal(400, run.GetProperty("figures").GetProperty("deliveries").GetDouble());
        Assert.Equal(
            [("connect", 20), ("deliver", 400)],
            run.GetProperty("steps").EnumerateArray()
                .Select(step => (step.GetProperty("step").GetString()!, step.GetProperty("ok").GetInt64()))
                .Where(step => step.Item1 != "publish").Order());
    }

    [Fact]
    public async Task A_run_that_may_be_aborted_early_is_when_all_is_refused()
    {
        var ready = (JsonObject)JsonNode.Parse(await File.ReadAllBytesAsync(fixture.Devhost.ReadyFile))!;
        ready["tokens"]!["publisher"] = ready["tokens"]!["viewer"]!.DeepClone();
        string readyFile = Path.Combine(_directory.FullName, "ready.json");
        await File.WriteAllTextAsync(readyFile, ready.ToJsonString());

        int exitCode = await LoadtestCommand.InvokeAsync(
        [
            "run", "fan-out", "--clients", "2", "--agents", "1", "--warmup", "0s", "--duration", "10m",
            "--abort-early", "--ready-file", readyFile, "--json", ReportPath,
        ]).WaitAsync(TimeSpan.FromMinutes(1));

        Assert.Equal(ExitCodes.ThresholdBroken, exitCode);
        using JsonDocument report = ReadReport();
        Assert.StartsWith(
            "aborted early: refused<=0 is broken by ",
            report.RootElement.GetProperty("scenarios")[0].GetProperty("runs")[0].GetProperty("notes")[0].GetString());
    }

    [Fact]
    public async Task Idle_measures_the_memory_of_connections()
    {
        int exitCode = await RunAsync(
            "idle", "--clients", "20", "--warmup", "0s", "--duration", "1s",
            "--threshold", "server_memory_per_connection_kib<=1000000");

        Assert.Equal(ExitCodes.Passed, exitCode);
        using JsonDocument report = ReadReport();
        JsonElement run = report.RootElement.GetProperty("scenarios")[0].GetProperty("runs")[0];
        Assert.True(run.GetProperty("figures").GetProperty("server_memory_after_mib").GetDouble() > 1);
        Assert.Equal("[]", run.GetProperty("notes").GetRawText());
    }

    [Fact]
    public async Task A_broken_threshold_fails_the_command()
    {
        int exitCode = await RunAsync(
            "fan-out", "--clients", "2", "--agents", "1", "--warmup", "0s", "--duration", "1s",
            "--threshold", "latency_max_ms<=0");

        Assert.Equal(ExitCodes.ThresholdBroken, exitCode);
        using JsonDocument report = ReadReport();
        Assert.False(report.RootElement.GetProperty("passed").GetBoolean());
    }

    [Fact]
    public async Task A_system_that_is_not_there_is_told_from_a_slow_one() =>
        Assert.Equal(
            ExitCodes.Failed,
            await LoadtestCommand.InvokeAsync(["run", "idle", "--ready-file", "/nowhere/ready.json"]));

    public void Dispose() => _directory.Delete(recursive: true);

    private Task<int> RunAsync(params string[] args) => LoadtestCommand.InvokeAsync(
        ["run", .. args, "--ready-file", fixture.Devhost.ReadyFile, "--json", ReportPath]);

    private JsonDocument ReadReport() => JsonDocument.Parse(File.ReadAllBytes(ReportPath));
}

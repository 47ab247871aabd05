using System.Globalization;
using System.Text.Json;
using Realtime.Loadtests.Commands;
using Realtime.Loadtests.Terminals;
using Realtime.Tests.Devhost;

namespace Realtime.Tests.Loadtests;

/// <summary>Small loads of terminals on a real devhost: the command line to the report.</summary>
public sealed class TerminalRunnerTests : IClassFixture<DevhostFixture>, IDisposable
{
    private const string AnyTime = "60000";

    private readonly DevhostFixture _fixture;
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("realtime-loadtest-test-");

    public TerminalRunnerTests(DevhostFixture fixture)
    {
        _fixture = fixture;
        File.WriteAllLines(
            OutputPath,
            Enumerable.Range(0, 20_000).Select(n => string.Create(
                CultureInfo.InvariantCulture,
                $"{n * 7919 % 10_007:00000} compiled src/file{n}.cs to obj/file{n % 97}.o")));
    }

    private string ReportPath => Path.Combine(_directory.FullName, "report.json");

    private string OutputPath => Path.Combine(_directory.FullName, "output.txt");

    [Theory]
    [InlineData("msgpack", "socket")]
    [InlineData("json", "http")]
    [InlineData("json-lz4", "socket")]
    public async Task Streams_are_exact_in_every_format(string format, string producer)
    {
        int exitCode = await RunAsync(
            "terminal-streams", "--clients", "4", "--terminals", "2", "--warmup", "500ms", "--duration", "1s",
            "--format", format, "--producer", producer, "--threshold", "latency_p95_ms<=" + AnyTime,
            "--threshold", "wire_percent_of_raw<=200");

        Assert.Equal(ExitCodes.Passed, exitCode);
        JsonElement figures = ReadFigures();
        Assert.Equal(400, figures.GetProperty("writes_delivered").GetDouble());
        Assert.True(figures.GetProperty("latency_p50_ms").GetDouble() > 0);
        Assert.InRange(figures.GetProperty("wire_percent_of_raw").GetDouble(), 5, format == "json" ? 170 : 90);
        Assert.True(figures.GetProperty("batches").GetDouble() > 10);
        Assert.Equal(format == "json", figures.GetProperty("compressions").GetDouble() == 0);
        Assert.True(figures.GetProperty("messages_decoded").GetDouble() > 0);
    }

    [Fact]
    public async Task An_audience_shares_what_is_compressed_and_what_is_decoded()
    {
        int exitCode = await RunAsync(
            "terminal-audience", "--clients", "10", "--warmup", "500ms", "--duration", "1s",
            "--threshold", "latency_p95_ms<=" + AnyTime, "--threshold", "wire_percent_of_raw<=60");

        Assert.Equal(ExitCodes.Passed, exitCode);
        JsonElement figures = ReadFigures();
        Assert.Equal(1000, figures.GetProperty("writes_delivered").GetDouble());
        Assert.True(figures.GetProperty("compressions").GetDouble() < 3 * figures.GetProperty("batches").GetDouble());
        Assert.True(
            figures.GetProperty("messages_compared").GetDouble() > figures.GetProperty("messages_decoded").GetDouble());
    }

    [Fact]
    public async Task Opening_is_timed_to_the_last_byte()
    {
        IEnumerable<string> thresholds = new[] { "start", "tail_64k", "tail_256k" }.SelectMany(kind => new[]
        {
            "--threshold", $"{kind}_connect_max_ms<={AnyTime}", "--threshold", $"{kind}_subscribe_max_ms<={AnyTime}",
        });
        int exitCode = await RunAsync(
        [
            "terminal-open", "--open-bytes", "500000", "--volume-bytes", "1000000", "--repeat", "2", "--warmup", "0s",
            .. thresholds,
        ]);

        Assert.Equal(ExitCodes.Passed, exitCode);
        JsonElement figures = ReadFigures();
        Assert.True(figures.GetProperty("start_connect_p50_ms").GetDouble() > 0);
        Assert.True(figures.GetProperty("tail_64k_subscribe_max_ms").GetDouble() > 0);
        Assert.Equal(0, figures.GetProperty("not_opened").GetDouble());
    }

    [Fact]
    public async Task A_stalled_viewer_gets_all_in_the_end()
    {
        int exitCode = await RunAsync(
            "terminal-stalled", "--clients", "2", "--warmup", "0s", "--duration", "1s", "--volume-bytes", "4000000",
            "--threshold", "latency_p95_stalled_to_alone<=1000", "--threshold", "server_memory_growth_mib<=1000");

        Assert.Equal(ExitCodes.Passed, exitCode);
        JsonElement figures = ReadFigures();
        Assert.Equal(4, figures.GetProperty("stalled_received_mb").GetDouble());
        Assert.Equal(0, figures.GetProperty("stalled_missing_bytes").GetDouble());
    }

    [Fact]
    public async Task A_broken_threshold_fails_the_command() => Assert.Equal(
        ExitCodes.ThresholdBroken,
        await RunAsync(
            "terminal-streams", "--clients", "1", "--terminals", "1", "--warmup", "0s", "--duration", "1s",
            "--threshold", "latency_max_ms<=0"));

    [Fact]
    public async Task A_real_build_says_much_that_LZ4_shortens()
    {
        byte[] output = await BuildOutput.BuildAsync(CancellationToken.None);

        Assert.True(output.Length > 512 * 1024);
        Assert.True(output.AsSpan().IndexOf("Task \"Csc\""u8) > 0);
    }

    public void Dispose() => _directory.Delete(recursive: true);

    private Task<int> RunAsync(params string[] args) => LoadtestCommand.InvokeAsync(
    [
        "run", .. args, "--output-file", OutputPath, "--ready-file", _fixture.Devhost.ReadyFile, "--json", ReportPath,
    ]);

    private JsonElement ReadFigures() => JsonDocument.Parse(File.ReadAllBytes(ReportPath)).RootElement
        .GetProperty("scenarios")[0].GetProperty("figures").Clone();
}

using System.Text.Json;
using System.Text.RegularExpressions;
using Realtime.Loadtests.Commands;
using Realtime.Loadtests.Scenarios;
using Realtime.Tests.Devhost;

namespace Realtime.Tests.Loadtests;

/// <summary>
/// Every scenario in its smallest form, on a real system, to its reports: what must hold at any speed holds, and the
/// thresholds that depend on the machine are set aside. Some are in <see cref="RunnerTests"/> and
/// <see cref="TerminalRunnerTests"/>, with more to say.
/// </summary>
public sealed class SmokeTests(DevhostFixture fixture) : IClassFixture<DevhostFixture>, IDisposable
{
    private const string AnyTime = "600000";

    private static readonly string[] Elsewhere =
        ["fan-out", "idle", "terminal-streams", "terminal-audience", "terminal-open", "terminal-stalled"];

    private static readonly string[] OnProcesses = ["reconnect-storm", "soak", "slow-among-fast"];

    // Figures that a slow machine breaks.
    private static readonly string[] Timed =
    [
        "latency_p95_ms", "latency_p99_ms", "events_latency_p95_ms", "events_latency_p99_ms", "history_p99_ms",
        "comers_connect_p99_ms", "connect_p99_ms", "publish_ack_p99_ms", "reconnect_p95_ms", "storm_p99_ratio",
        "link_not_for_terminals_percent", "latency_p95_slow_to_alone", "edge_memory_growth_mib",
        "worker_memory_growth_mib",
    ];

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("realtime-loadtest-smoke-");

    public static TheoryData<string, string> OnTheDevhost { get; } = new()
    {
        { "wide", "--clients 10 --agents 30 --agents-each 3 --rate 60" },
        { "connect", "--simulation 'ramp-inject 10 30 1s'" },
        { "storm", "--clients 5 --connect-rate 50" },
        { "ingest-http", "--clients 5 --agents 50 --rate 500 --threshold stored_per_s>=1" },
        { "ingest-socket", "--clients 5 --agents 50 --rate 500 --threshold stored_per_s>=1" },
        { "terminal-wall", "--clients 3 --terminals 4 --terminals-each 2" },
        { "thin-link", "--agents 2" },
        { "mixed", "--clients 20 --agents 5 --rate 40 --terminals 2" },
    };

    [Theory]
    [MemberData(nameof(OnTheDevhost))]
    public async Task It_keeps_what_holds_at_any_speed(string scenario, string load)
    {
        JsonElement report = await RunAsync(scenario, load, "--ready-file", fixture.Devhost.ReadyFile);

        Assert.Contains(
            report.GetProperty("runs")[0].GetProperty("steps").EnumerateArray(),
            step => step.GetProperty("ok").GetInt64() > 0
                && step.GetProperty("latency_ms").GetProperty("p99").GetDouble() > 0);
    }

    [Fact]
    public async Task After_a_worker_was_killed_its_viewers_are_back_and_lack_nothing()
    {
        JsonElement report = await RunAsync(
            "reconnect-storm", "--clients 20 --agents 10 --rate 50 --redis start:no --duration 3s", "--no-build");

        JsonElement figures = report.GetProperty("figures");
        Assert.True(figures.GetProperty("reconnected").GetDouble() >= 1);
        Assert.True(figures.GetProperty("reconnect_p95_ms").GetDouble() > 0);
        Assert.True(figures.GetProperty("cpu_worker_s").GetDouble() > 0);
    }

    [Fact]
    public async Task A_system_of_processes_is_watched_from_several_client_processes()
    {
        JsonElement report = await RunAsync(
            "soak",
            "--clients 20 --agents 5 --rate 40 --terminals 2 --redis start:no --edges 2 --processes "
                + "--client-processes 2",
            "--no-build");

        JsonElement run = report.GetProperty("runs")[0];
        Assert.Equal(
            ["edge", "worker", "redis", "client"],
            run.GetProperty("processes").EnumerateArray().Select(one => one.GetProperty("process").GetString()!));
        Assert.All(
            ["edge", "worker", "redis"],
            process => Assert.Contains(
                run.GetProperty("notes").EnumerateArray(),
                note => note.GetString()!.StartsWith(process + " behind full collections", StringComparison.Ordinal)
                    && Regex.Count(note.GetString()!, " [0-9.]+ at [0-9.]+ min") == 5));
        Assert.Equal(
            report.GetProperty("figures").GetProperty("events_deliveries").GetDouble(),
            run.GetProperty("histograms_us").GetProperty("events_latency").EnumerateArray()
                .Sum(cell => cell[1].GetInt64()));
    }

    [Fact]
    public async Task Slow_viewers_are_compared_with_none()
    {
        JsonElement report = await RunAsync(
            "slow-among-fast", "--clients 5 --slow-clients 2 --agents 5 --rate 50 --redis start:no", "--no-build");

        JsonElement figures = report.GetProperty("figures");
        Assert.Equal(50, figures.GetProperty("deliveries").GetDouble());
        Assert.Equal(
            figures.GetProperty("latency_p95_ms").GetDouble() / figures.GetProperty("alone_latency_p95_ms").GetDouble(),
            figures.GetProperty("latency_p95_slow_to_alone").GetDouble(), 0.001);
        Assert.True(figures.GetProperty("slow_behind_at_end").GetDouble() >= 1);
        Assert.True(figures.TryGetProperty("redis_memory_growth_mib", out _));
        Assert.Equal("[]", report.GetProperty("runs")[0].GetProperty("notes").GetRawText());
    }

    [Fact]
    public void Every_scenario_is_tried() => Assert.Equal(
        ScenarioCatalog.All.Select(scenario => scenario.Name).Order(),
        OnTheDevhost.Select(row => (string)row[0]).Concat(Elsewhere).Concat(OnProcesses).Order());

    public void Dispose() => _directory.Delete(recursive: true);

    private async Task<JsonElement> RunAsync(string scenario, string load, params string[] target)
    {
        string output = Path.Combine(_directory.FullName, "output.txt");
        await File.WriteAllLinesAsync(output, Enumerable.Range(0, 20_000).Select(n => $"line {n * 7919 % 10_007}"));
        string json = Path.Combine(_directory.FullName, "report.json");
        string html = Path.Combine(_directory.FullName, "report.html");

        // Later ones win: what a case gives of its own stands behind what all have.
        int exitCode = await LoadtestCommand.InvokeAsync(
        [
            "run", scenario, "--warmup", "0s", .. load.Contains("--duration") ? [] : new[] { "--duration", "1s" },
            .. Timed.SelectMany(figure => new[] { "--threshold", $"{figure}<={AnyTime}" })
                .Where((_, i) => ScenarioHas(scenario, Timed[i / 2])),
            .. Words(load), .. target, "--output-file", output, "--json", json, "--html", html,
        ]);

        JsonElement report = JsonDocument.Parse(await File.ReadAllBytesAsync(json)).RootElement;
        Assert.True(exitCode == ExitCodes.Passed, Broken(report));
        string page = await File.ReadAllTextAsync(html);
        Assert.Contains("<svg", page);
        Assert.DoesNotMatch(new Regex("""(src|href)="(?!#)|url\(|@import|<script"""), page);
        return report.GetProperty("scenarios")[0].Clone();
    }

    private static bool ScenarioHas(string scenario, string figure)
    {
        IScenario found = ScenarioCatalog.Find(scenario)!;
        return found.ThresholdsOf(found.Defaults).Any(threshold => threshold.Figure == figure);
    }

    private static IEnumerable<string> Words(string line) =>
        Regex.Matches(line, "'([^']*)'|(\\S+)").Select(word => word.Value.Trim('\''));

    private static string Broken(JsonElement report) => string.Join(", ", report.GetProperty("scenarios")[0]
        .GetProperty("thresholds").EnumerateArray().Where(one => !one.GetProperty("passed").GetBoolean())
        .Select(one => one.GetRawText()).Concat(report.GetProperty("scenarios")[0].GetProperty("runs")
            .EnumerateArray().Select(run => run.GetProperty("notes").GetRawText())));
}

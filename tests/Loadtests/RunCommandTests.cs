using System.CommandLine;
using Realtime.Loadtests.Commands;
using Realtime.Loadtests.Publishing;
using Realtime.Loadtests.Results;
using Realtime.Loadtests.Scenarios;
using Realtime.Loadtests.Targets;
using Realtime.Loadtests.Terminals;

namespace Realtime.Tests.Loadtests;

public class RunCommandTests
{
    private readonly List<RunOptions> _asked = [];

    [Fact]
    public void Without_options_a_scenario_has_its_own_load_and_a_system_is_started()
    {
        RunOptions options = Run("fan-out");

        IScenario scenario = Assert.Single(options.Scenarios);
        Assert.Equal(scenario.Defaults, options.LoadOf(scenario));
        Assert.Equal((1000, 100, 100), (scenario.Defaults.Clients, scenario.Defaults.Agents, scenario.Defaults.Rate));
        Assert.Null(options.Target.Edge);
        Assert.Null(options.Target.ReadyFile);
        Assert.Equal(1, options.Runs);
        Assert.Equal(1, options.Target.Workers);
    }

    [Fact]
    public void What_is_given_changes_the_load_of_each_scenario_as_far_as_it_uses_it()
    {
        RunOptions options = Run(
            "fan-out", "idle", "--clients", "50", "--rate", "7", "--duration", "500s", "--warmup", "0s");

        Assert.Equal(["fan-out", "idle"], options.Scenarios.Select(scenario => scenario.Name));
        LoadOptions fanOut = options.LoadOf(options.Scenarios[0]);
        LoadOptions idle = options.LoadOf(options.Scenarios[1]);
        Assert.Equal((50, 7), (fanOut.Clients, fanOut.Rate));
        Assert.Equal((50, 0), (idle.Clients, idle.Rate));
        Assert.Equal((TimeSpan.FromSeconds(500), TimeSpan.Zero), (fanOut.Duration, fanOut.Warmup));
    }

    [Fact]
    public void What_terminals_say_is_changed_for_scenarios_that_have_some()
    {
        RunOptions options = Run(
            "terminal-audience", "terminal-open", "idle", "--write-rate", "7", "--write-bytes", "500", "--repeat", "3",
            "--format", "json-lz4", "--producer", "http");

        TerminalLoadOptions audience = options.LoadOf(options.Scenarios[0]).Terminal!;
        TerminalLoadOptions open = options.LoadOf(options.Scenarios[1]).Terminal!;
        Assert.Equal((1, 7, 500, 0), (audience.Count, audience.WriteRate, audience.WriteBytes, audience.Repeats));
        Assert.Equal((0, 0, 3, 16 * 1024 * 1024), (open.Count, open.WriteRate, open.Repeats, open.OpenBytes));
        Assert.Equal((TerminalFormat.JsonLz4, ProducerKind.Http), (audience.Format, open.Producer));
        Assert.Null(options.LoadOf(options.Scenarios[2]).Terminal);
    }

    [Fact]
    public void A_running_system_can_be_named()
    {
        RunOptions options = Run(
            "idle", "--edge", "https://localhost:8443", "--process", "self=" + Environment.ProcessId, "--ca", "x.pem");

        Assert.Equal(new Uri("https://localhost:8443"), options.Target.Edge);
        Assert.Equal([new("self", Environment.ProcessId)], options.Target.Processes);
        Assert.Equal("x.pem", options.Target.CertificateFile);
    }

    [Fact]
    public void Thresholds_and_runs_are_taken_and_the_command_is_kept_for_the_report()
    {
        RunOptions options = Run(
            "fan-out", "--threshold", "latency_p99_ms<=100", "--threshold", "missing<=1", "--runs", "3");

        Assert.Equal([new Threshold("latency_p99_ms", 100), new Threshold("missing", 1)], options.Thresholds);
        Assert.Equal(3, options.Runs);
        Assert.EndsWith(
            "-- run fan-out --threshold 'latency_p99_ms<=100' --threshold 'missing<=1' --runs 3", options.Command);
    }

    [Fact]
    public void A_profile_of_publishing_replaces_rate_and_duration()
    {
        RunOptions options = Run(
            "fan-out", "idle", "--warmup", "2s", "--simulation", "ramp-inject 10 50 20s", "--simulation", "pause 5s");

        LoadOptions fanOut = options.LoadOf(options.Scenarios[0]);
        Assert.Equal(TimeSpan.FromSeconds(25), fanOut.Duration);
        Assert.Equal(
            ["inject 10 2s", "ramp-inject 10 50 20s", "pause 5s"], fanOut.Profile().Select(one => one.ToString()));
        Assert.Empty(options.LoadOf(options.Scenarios[1]).Simulations);
    }

    [Fact]
    public void Without_a_name_the_mixed_day_is_run() => Assert.Equal("mixed", Assert.Single(Run().Scenarios).Name);

    [Fact]
    public void A_system_of_processes_can_be_asked_for()
    {
        TargetOptions target = Run(
            "idle", "--processes", "--edges", "2", "--workers", "3", "--redis", "start:no").Target;

        Assert.Equal(
            (true, 2, 3, new RedisChoice(null, "no")),
            (target.AsProcesses, target.Edges, target.Workers, target.Redis));
    }

    [Theory]
    [InlineData("run fan-uot", "no scenario 'fan-uot'. There are: mixed, fan-out")]
    [InlineData("run idle --clients 0", "--clients must be 1 to 100000, but is 0")]
    [InlineData("run idle --clients many", "many")]
    [InlineData("run idle --duration 30", "--duration must be a duration")]
    [InlineData("run idle --duration 0s", "--duration must be a duration")]
    [InlineData("run idle --payload-bytes 10", "--payload-bytes must be 101 to 65536")]
    [InlineData("run idle --threshold p99<5", "--threshold must be FIGURE<=NUMBER")]
    [InlineData("run idle --edge http://localhost", "--edge must be an https address")]
    [InlineData("run idle --edge https://localhost/path", "--edge must be an https address")]
    [InlineData("run idle --process 12", "--process must be NAME=PID")]
    [InlineData("run idle --process client=1", "--process must be NAME=PID")]
    [InlineData("run idle --process redis=2147483647", "no process 2147483647")]
    [InlineData("run idle --json /nowhere/report.json", "directory of '/nowhere/report.json' does not exist")]
    [InlineData("run idle --edge https://localhost --workers 2", "--workers is for a system started here")]
    [InlineData("run idle --edge https://localhost --processes", "--processes is for a system started here")]
    [InlineData("run idle --edges 2", "--edges is for a system of processes: add --processes")]
    [InlineData("run idle --redis nonsense", "--redis must be HOST:PORT of a running Redis, or start")]
    [InlineData("run idle --simulation constant", "--simulation must be 'inject RATE TIME'")]
    [InlineData("run fan-out --simulation nothing", "but is 'nothing'")]
    [InlineData("run idle --html /nowhere/report.html", "--html: the directory of '/nowhere/report.html'")]
    [InlineData("run idle --ready-file r.json --no-build", "--no-build is for a system started here")]
    [InlineData("run idle --edge https://localhost --ready-file r.json", "both name a running system")]
    [InlineData("run terminal-open --format xml", "--format must be msgpack, json or json-lz4, but is 'xml'")]
    [InlineData("run terminal-open --producer ftp", "--producer must be socket or http, but is 'ftp'")]
    [InlineData("run terminal-open --repeat 0", "--repeat must be 1 to 1000, but is 0")]
    [InlineData("run terminal-open --output-file /nowhere/log", "--output-file: there is no file '/nowhere/log'")]
    [InlineData("run idle --runs 0", "--runs must be 1 to 100")]
    public void What_is_wrong_is_said(string commandLine, string error)
    {
        ParseResult parsed = LoadtestCommand.Create().Parse(commandLine.Split(' '));

        Assert.Contains(parsed.Errors, found => found.Message.Contains(error, StringComparison.Ordinal));
    }

    [Fact]
    public void All_errors_are_said_at_once()
    {
        ParseResult parsed = LoadtestCommand.Create().Parse(
            "run nope --edge http://x --rate 0 --duration 5 --threshold x<1 --no-build --runs 0".Split(' '));

        Assert.Equal(7, parsed.Errors.Count);
    }

    private RunOptions Run(params string[] args)
    {
        Command command = RunCommand.Create((options, _) =>
        {
            _asked.Add(options);
            return Task.FromResult(0);
        });
        ParseResult parsed = new RootCommand { command }.Parse(["run", .. args]);
        Assert.Empty(parsed.Errors);
        Assert.Equal(0, parsed.Invoke());
        return Assert.Single(_asked);
    }
}

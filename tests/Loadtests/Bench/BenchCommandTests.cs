using System.CommandLine;
using Realtime.Loadtests.Bench;
using Realtime.Loadtests.Commands;
using Realtime.Loadtests.Targets;

namespace Realtime.Tests.Loadtests.Bench;

public class BenchCommandTests
{
    private readonly List<BenchOptions> _asked = [];

    [Fact]
    public void Without_options_the_product_is_measured_over_the_usual_loads()
    {
        BenchOptions options = Run();

        Assert.Equal(["realtime"], options.Contenders.Select(one => one.Name));
        Assert.Equal([1_000, 10_000, 30_000, 60_000, 100_000], options.Loads);
        Assert.Equal((1_000, 100, 10, 200), (
            options.Shape.Clients, options.Shape.Agents, options.ViewersEach, options.Shape.PayloadBytes));
        Assert.Equal((1, false, 100), (options.Runs, options.Highest, options.P99Max.TotalMilliseconds));
        Assert.Equal((true, 1, 1), (options.Target.AsProcesses, options.Target.Edges, options.Target.Workers));
    }

    [Fact]
    public void Events_are_as_many_as_the_deliveries_need_and_code_is_made_fast_before_few_are_measured()
    {
        BenchOptions options = Run("--clients", "60", "--agents", "3", "--loads", "1000,50000");

        Assert.Equal(20, options.ViewersEach);
        Assert.Equal((50, 500), (options.LoadOf(1_000).Rate, options.LoadOf(1_000).WarmupRate));
        Assert.Equal((2_500, 1_250), (options.LoadOf(50_000).Rate, options.LoadOf(50_000).WarmupRate));
        Assert.Equal(
            ["inject 500 15s", "inject 50 15s"], options.LoadOf(1_000).Profile().Select(one => one.ToString()));
    }

    [Fact]
    public void Parts_and_peers_take_turns()
    {
        BenchOptions options = Run(
            "--at", "edge", "--at", "worker", "--peer", "nginx", "--peer", "socket.io", "--runs", "3", "--redis",
            "start:no", "--no-build");

        Assert.Equal(
            ["realtime-edge", "realtime-worker", "nginx", "socket.io"], options.Contenders.Select(one => one.Name));
        Assert.Equal((3, new RedisChoice(null, "no"), true), (
            options.Runs, options.Target.Redis, options.Target.NoBuild));
        Assert.Equal(["nats"], Run("--at", "none", "--peer", "nats").Contenders.Select(one => one.Name));
    }

    [Fact]
    public void The_highest_load_is_looked_for_within_a_limit_of_latency()
    {
        BenchOptions options = Run("--highest", "--p99", "50", "--loads", "100000");

        Assert.Equal((true, 50), (options.Highest, options.P99Max.TotalMilliseconds));
        Assert.EndsWith("-- bench --highest --p99 50 --loads 100000", options.Command);
    }

    [Theory]
    [InlineData("bench --at edges", "--at must be one of all, worker, edge, none, but is 'edges'")]
    [InlineData("bench --peer kafka", "--peer must be one of ws, socket.io, signalr, nats, nginx, haproxy, but is")]
    [InlineData("bench --loads 1000,500", "--loads must be deliveries a second")]
    [InlineData("bench --loads many", "but has 'many'")]
    [InlineData("bench --at none", "nothing to measure")]
    [InlineData("bench --p99 0", "--p99 must be 1 to 60000, but is 0")]
    [InlineData("bench --clients 5 --agents 10", "--clients must be at least as many as --agents")]
    [InlineData("bench --json /nowhere/x.json", "the directory of '/nowhere/x.json' does not exist")]
    public void What_is_wrong_is_said(string commandLine, string error)
    {
        ParseResult parsed = LoadtestCommand.Create().Parse(commandLine.Split(' '));

        Assert.Contains(parsed.Errors, found => found.Message.Contains(error, StringComparison.Ordinal));
    }

    private BenchOptions Run(params string[] args)
    {
        Command command = BenchCommand.Create((options, _) =>
        {
            _asked.Add(options);
            return Task.FromResult(0);
        });
        ParseResult parsed = new RootCommand { command }.Parse(["bench", .. args]);
        Assert.Empty(parsed.Errors);
        Assert.Equal(0, parsed.Invoke());
        return _asked[^1];
    }
}

using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Realtime.Loadtests.Bench;
using Realtime.Loadtests.Bench.Contenders;
using Realtime.Loadtests.Scenarios;

namespace Realtime.Loadtests.Commands;

/// <summary><c>bench</c>: options, their rules and the help text.</summary>
internal static class BenchCommand
{
    public const string Name = "bench";

    /// <summary>Shown after the help.</summary>
    public const string Examples = """

        Examples:
          dotnet run -c Release --project loadtests -- bench --runs 3 --html bench.html
              what a delivery costs edge, worker, Redis and client, over the loads
          dotnet run -c Release --project loadtests -- bench --at worker --highest --loads 100000
              the highest load of a worker alone with p99 below 100 ms
          dotnet run -c Release --project loadtests -- bench --at edge --peer nginx --peer haproxy --loads 10000
              the edge's copy beside that of other proxies, by turns
          dotnet run -c Release --project loadtests -- bench --peer socket.io --peer signalr --loads 10000 --runs 3
              the product beside peers, by turns

        Exit codes: 0 nothing lost, twice or misordered, 1 something was, 2 wrong command line, 3 could not be run.
        """;

    private const int RunsMax = 100;

    private static readonly int[] UsualLoads = [1_000, 10_000, 30_000, 60_000, 100_000];

    private static readonly LoadOptions UsualShape = new()
    {
        Clients = 1_000,
        ClientProcesses = 1,
        Agents = 100,
        PayloadBytes = 200,
        Publishers = 4,
        ConnectRate = 250,
        Warmup = TimeSpan.FromSeconds(15),
        Duration = TimeSpan.FromSeconds(15),
    };

    /// <summary>Builds it.</summary>
    /// <param name="run">Runs what was asked for; the exit code.</param>
    public static Command Create(Func<BenchOptions, CancellationToken, Task<int>> run)
    {
        var at = new Option<string[]>("--at")
        {
            Description = "What of the product: all (edge, worker, Redis), worker (clients straight at it, without "
                + "TLS), edge (before a worker of a few lines, so that its copy alone counts), none. May be repeated.",
            HelpName = "PART",
            DefaultValueFactory = _ => ["all"],
        };
        var peers = new Option<string[]>("--peer")
        {
            Description = $"A peer that takes turns with it: {string.Join(", ", ContenderCatalog.Peers.Keys)}. "
                + "May be repeated.",
            HelpName = "NAME",
            DefaultValueFactory = _ => [],
        };
        var loads = new Option<int[]>("--loads")
        {
            Description = "Deliveries a second, separated by commas, rising.",
            HelpName = "N,N,…",
            CustomParser = ParseLoads,
            DefaultValueFactory = _ => UsualLoads,
        };
        var highest = new Option<bool>("--highest")
        {
            Description = "Look for the highest load that keeps --p99: from the first of --loads on, doubling, then "
                + "halving.",
        };
        var p99 = LoadArguments.Number("--p99", 1, 60_000, "What --highest must keep, ms (100 by default).");
        var runs = new Option<int>("--runs")
        {
            Description = $"Turns of each, 1 to {RunsMax}; medians are told.",
            HelpName = "N",
            DefaultValueFactory = _ => 1,
        };
        var json = new Option<string?>("--json") { Description = "Also write a report as JSON.", HelpName = "PATH" };
        var html = new Option<string?>("--html") { Description = "Also draw it, as one HTML file.", HelpName = "PATH" };
        var shape = new BenchArguments(UsualShape);
        var command = new Command(Name, "What a delivery costs, by load, of the product and of peers.")
        {
            at, peers, loads, highest, p99, runs, json, html,
        };
        foreach (Option option in shape.Options)
        {
            command.Options.Add(option);
        }

        command.Validators.Add(shape.Check);
        command.Validators.Add(result =>
        {
            if (result.GetResult(at) is { Tokens: var parts } && parts.Count > 0
                && parts.All(part => part.Value == ContenderCatalog.None)
                && result.GetResult(peers) is null or { Tokens.Count: 0 })
            {
                result.AddError("With --at none and no --peer there is nothing to measure: name a peer.");
            }
        });
        at.Validators.Add(result => CheckNames(result, ContenderCatalog.Own.Keys));
        peers.Validators.Add(result => CheckNames(result, ContenderCatalog.Peers.Keys));
        runs.Validators.Add(result => Ranges.Check(result, 1, RunsMax));
        json.Validators.Add(RunCommand.CheckFile);
        html.Validators.Add(RunCommand.CheckFile);
        command.SetAction((parsed, stopping) => run(
            new BenchOptions
            {
                Contenders =
                [
                    .. parsed.GetValue(at)!.Distinct().Select(name => ContenderCatalog.Own[name]())
                        .OfType<IContender>(),
                    .. parsed.GetValue(peers)!.Distinct().Select(name => ContenderCatalog.Peers[name]()),
                ],
                Loads = parsed.GetValue(loads)!,
                Shape = shape.Shape(parsed),
                Runs = parsed.GetValue(runs),
                Highest = parsed.GetValue(highest),
                P99Max = TimeSpan.FromMilliseconds(parsed.GetValue(p99) ?? 100),
                Target = shape.Target(parsed),
                Json = parsed.GetValue(json),
                Html = parsed.GetValue(html),
                Command = "dotnet run -c Release --project loadtests -- "
                    + string.Join(' ', parsed.Tokens.Select(token => RunCommand.Quoted(token.Value))),
            },
            stopping));
        return command;
    }

    private static void CheckNames(OptionResult result, IEnumerable<string> known)
    {
        foreach (Token token in result.Tokens.Where(token => !known.Contains(token.Value)))
        {
            result.AddError(
                $"{result.Option.Name} must be one of {string.Join(", ", known)}, but is '{token.Value}'.");
        }
    }

    private static int[] ParseLoads(ArgumentResult result)
    {
        var loads = new List<int>();
        foreach (string text in result.Tokens.SelectMany(token => token.Value.Split(',')))
        {
            if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int load)
                && load is > 0 and <= HighestSearch.Most && load > loads.LastOrDefault())
            {
                loads.Add(load);
            }
            else
            {
                result.AddError(
                    $"--loads must be deliveries a second, 1 to {HighestSearch.Most}, separated by commas, rising, "
                    + $"such as 1000,10000, but has '{text}'.");
            }
        }

        return [.. loads];
    }
}

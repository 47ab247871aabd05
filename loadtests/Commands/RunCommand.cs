using System.Buffers;
using System.CommandLine;
using System.CommandLine.Parsing;
using Realtime.Loadtests.Results;
using Realtime.Loadtests.Scenarios;

namespace Realtime.Loadtests.Commands;

/// <summary><c>run NAME…</c>: options, their rules and the help text.</summary>
internal static class RunCommand
{
    public const string Name = "run";

    /// <summary>Shown after the help.</summary>
    public const string Examples = """

        Examples:
          dotnet run -c Release --project loadtests -- run fan-out --runs 3 --json fan-out.json
              a system started for each run; medians of three
          dotnet run -c Release --project loadtests -- run --html report.html
              the mixed day, with charts
          dotnet run -c Release --project loadtests -- run fan-out --processes --edges 2 --workers 2
              edges, workers and a Redis as processes, the CPU time of each kind told apart
          dotnet run -c Release --project loadtests -- run idle --processes --clients 10000 --client-processes 2
              10,000 TLS connections, held by two processes besides
          dotnet run -c Release --project loadtests -- run fan-out --simulation 'ramp-inject 100 5000 2m'
              a rate that rises until the thresholds break
          dotnet run -c Release --project loadtests -- run fan-out --redis localhost:6379 --process redis=4711
              a devhost on a running Redis, whose CPU time is told apart
          dotnet run -c Release --project loadtests -- run idle --clients 5000 --ready-file /tmp/ready.json
              against a running devhost
          dotnet run -c Release --project loadtests -- run fan-out --edge https://localhost:8443
              against a running edge; VIEWER, PUBLISHER and CA are exported, as the devhost prints them
          dotnet run -c Release --project loadtests -- run fan-out --rate 1000 --threshold 'latency_p99_ms<=100'
              ten times the load, another threshold

        Exit codes: 0 passed, 1 a threshold was broken, 2 wrong command line, 3 could not be run.
        """;

    private const int RunsMax = 100;

    private static readonly SearchValues<char> Special = SearchValues.Create(" <>\"*$");

    /// <summary>Builds it.</summary>
    /// <param name="run">Runs what was asked for; the exit code.</param>
    public static Command Create(Func<RunOptions, CancellationToken, Task<int>> run)
    {
        string names = string.Join(", ", ScenarioCatalog.All.Select(scenario => scenario.Name));
        var scenarios = new Argument<string[]>("scenario")
        {
            Description = $"One or more of: {names}. Without one: {ScenarioCatalog.Usual.Name}.",
            Arity = ArgumentArity.ZeroOrMore,
            HelpName = "NAME",
        };
        var runs = new Option<int>("--runs")
        {
            Description = $"How often each runs, 1 to {RunsMax}; medians are reported.",
            HelpName = "N",
            DefaultValueFactory = _ => 1,
        };
        var thresholds = new Option<Threshold[]>("--threshold")
        {
            Description = $"{Threshold.Rule}; replaces the scenario's own of the same figure. May be repeated.",
            HelpName = "RULE",
            CustomParser = ParseThresholds,
            DefaultValueFactory = _ => [],
        };
        var json = new Option<string?>("--json") { Description = "Also write a report as JSON.", HelpName = "PATH" };
        var html = new Option<string?>("--html")
        {
            Description = "Also write a report with charts as HTML: one file that fetches nothing.",
            HelpName = "PATH",
        };
        var abortsEarly = new Option<bool>("--abort-early")
        {
            Description = "End a run as soon as a count of what must not happen (refused, …) breaks its threshold.",
        };
        var load = new LoadArguments();
        var target = new TargetArguments();

        var command = new Command(Name, "Run scenarios, one after the other.")
        {
            scenarios, runs, thresholds, abortsEarly, json, html,
        };
        foreach (Option option in load.Options.Concat(target.Options))
        {
            command.Options.Add(option);
        }

        scenarios.Validators.Add(result => CheckNames(result, names));
        runs.Validators.Add(result => Ranges.Check(result, 1, RunsMax));
        json.Validators.Add(CheckFile);
        html.Validators.Add(CheckFile);
        command.SetAction((parsed, stopping) => run(
            new RunOptions
            {
                Scenarios = parsed.GetValue(scenarios) is { Length: > 0 } named
                    ? [.. named.Select(name => ScenarioCatalog.Find(name)!)]
                    : [ScenarioCatalog.Usual],
                Target = target.Read(parsed),
                LoadOf = scenario => load.Apply(parsed, scenario.Defaults),
                Thresholds = parsed.GetValue(thresholds) ?? [],
                Runs = parsed.GetValue(runs),
                AbortsEarly = parsed.GetValue(abortsEarly),
                Json = parsed.GetValue(json),
                Html = parsed.GetValue(html),
                Command = "dotnet run -c Release --project loadtests -- "
                    + string.Join(' ', parsed.Tokens.Select(token => Quoted(token.Value))),
            },
            stopping));
        return command;
    }

    /// <summary>A word as a shell takes it, so that it can be pasted.</summary>
    public static string Quoted(string text) => text.AsSpan().IndexOfAny(Special) < 0 ? text : $"'{text}'";

    /// <summary>Adds an error if a file can't be written.</summary>
    public static void CheckFile(OptionResult result)
    {
        if (result.Tokens is [{ Value: var path }]
            && (path.Length == 0 || !Directory.Exists(Path.GetDirectoryName(Path.GetFullPath(path)))))
        {
            result.AddError($"{result.Option.Name}: the directory of '{path}' does not exist. Create it first.");
        }
    }

    private static void CheckNames(ArgumentResult result, string names)
    {
        foreach (Token token in result.Tokens.Where(token => ScenarioCatalog.Find(token.Value) is null))
        {
            result.AddError($"There is no scenario '{token.Value}'. There are: {names}.");
        }
    }

    private static Threshold[] ParseThresholds(ArgumentResult result)
    {
        var thresholds = new List<Threshold>();
        foreach (Token token in result.Tokens)
        {
            if (Threshold.TryParse(token.Value, out Threshold? threshold))
            {
                thresholds.Add(threshold!);
            }
            else
            {
                result.AddError($"--threshold must be {Threshold.Rule}, but is '{token.Value}'.");
            }
        }

        return [.. thresholds];
    }
}

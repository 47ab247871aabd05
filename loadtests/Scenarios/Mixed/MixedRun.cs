using Realtime.Loadtests.Load;
using Realtime.Loadtests.Measuring;
using Realtime.Loadtests.Publishing;
using Realtime.Loadtests.Results;
using Realtime.Loadtests.Scenarios.Connect;
using Realtime.Loadtests.Scenarios.FanOut;
using Realtime.Loadtests.Scenarios.TerminalStreams;
using Realtime.Loadtests.Steps;

namespace Realtime.Loadtests.Scenarios.Mixed;

/// <summary>One mixed run: parts that are runs themselves, in the same window.</summary>
internal sealed class MixedRun : IScenarioRun
{
    private static readonly TimeSpan Stay = TimeSpan.FromSeconds(5);

    // What must not happen, whichever part it happens in: added up over all.
    private static readonly string[] Totals =
    [
        FigureNames.Missing, FigureNames.Duplicates, FigureNames.OutOfOrder, FigureNames.Misrouted,
        FigureNames.Disconnected, FigureNames.Refused, FigureNames.MissingBytes, FigureNames.RepeatedBytes,
        FigureNames.Inexact, FigureNames.AnnouncedBytes,
    ];

    private readonly IReadOnlyList<(string Name, IScenarioRun Run)> _parts;

    /// <summary>Makes one; clients and rate are shared out.</summary>
    public MixedRun(ScenarioContext context)
    {
        LoadOptions load = context.Load;
        ScenarioContext With(LoadOptions part) => context with { Load = part };
        int Share(double of) => Math.Max(1, (int)(load.Clients * of));
        int PerSecond(double of) => Math.Max(1, (int)(load.Rate * of));
        LoadOptions small = load with { ClientProcesses = 0, Simulations = [] };
        _parts =
        [
            ("events", new FanOutRun(With(load with { Clients = Share(0.7), Rate = PerSecond(0.7) }))),
            ("socket", new FanOutRun(With(small with
            {
                Clients = Share(0.2),
                Rate = PerSecond(0.3),
                Producer = ProducerKind.Socket,
            }))),
            ("terminals", new TerminalStreamsRun(With(small with { Clients = Share(0.05) }))),
            ("sse", new SseRun(With(small with { Clients = Share(0.05), Rate = PerSecond(0.05) }))),
            ("comers", new ConnectRun(With(small with { Simulations = Comers(Share(0.02), load) }), Stay)),
            ("history", new HistoryRun(With(small with { Rate = Share(0.02) }))),
        ];
        foreach ((string name, IScenarioRun run) in _parts)
        {
            foreach (Step step in run.Steps)
            {
                step.Part = name;
            }
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<Step> Steps => [.. _parts.SelectMany(part => part.Run.Steps)];

    /// <inheritdoc/>
    public async Task InitAsync(CancellationToken stopping)
    {
        foreach ((string _, IScenarioRun run) in _parts)
        {
            await run.InitAsync(stopping);
        }
    }

    /// <inheritdoc/>
    public Task LoadAsync(LoadWindow window, CancellationToken stopping) =>
        Task.WhenAll(_parts.Select(part => part.Run.LoadAsync(window, stopping)));

    /// <inheritdoc/>
    public async Task CleanAsync(CancellationToken stopping)
    {
        foreach ((string _, IScenarioRun run) in _parts)
        {
            await run.CleanAsync(stopping);
        }
    }

    /// <inheritdoc/>
    public IEnumerable<Figure> Live() => _parts.SelectMany(part => part.Run.Live())
        .GroupBy(figure => figure.Name).Select(same => new Figure(same.Key, same.Sum(figure => figure.Value)));

    /// <inheritdoc/>
    public RunResult Result(Measured measured)
    {
        (string Name, RunResult Result)[] results =
            [.. _parts.Select(part => (part.Name, part.Run.Result(measured)))];
        double Sum(string figure) => results
            .SelectMany(part => part.Result.Figures).Where(one => one.Name == figure).Sum(one => one.Value);
        return new RunResult
        {
            Figures =
            [
                .. Totals.Select(name => new Figure(name, Sum(name), Aggregation.Worst)),
                .. measured.Cpu.Seconds().Select(cpu => new Figure($"cpu_{cpu.Process}_s", cpu.Seconds)),
                .. MemoryFigures(measured),

                // What a part says of the processes is of all parts together, and stands above.
                .. results.SelectMany(part => part.Result.Figures
                    .Where(figure => !figure.Name.StartsWith("cpu_", StringComparison.Ordinal))
                    .Select(figure => figure with { Name = NameOf(part.Name, figure.Name) })),
            ],
            Histograms = results
                .SelectMany(part => part.Result.Histograms.Select(
                    named => KeyValuePair.Create(NameOf(part.Name, named.Key), named.Value)))
                .ToDictionary(),
            Notes = [.. results.SelectMany(part => part.Result.Notes.Select(note => $"{part.Name}: {note}"))],
        };
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach ((string _, IScenarioRun run) in _parts)
        {
            await run.DisposeAsync();
        }
    }

    // Pages that come again when they have gone: ever more of them, as of a morning, then so many, as memory is judged
    // over the second half.
    private static IReadOnlyList<LoadSimulation> Comers(int copies, LoadOptions load) =>
    [
        LoadSimulation.RampingConstant(1, copies, load.Duration / 2),
        LoadSimulation.KeepConstant(copies, load.Duration / 2),
    ];

    // "history" has figures that say so already.
    private static string NameOf(string part, string figure) =>
        figure.StartsWith(part + '_', StringComparison.Ordinal) || figure == part ? figure : $"{part}_{figure}";

    // Over the second half: by then code is compiled, and pools and heaps have their size.
    private static IEnumerable<Figure> MemoryFigures(Measured measured)
    {
        const double Mib = 1024 * 1024;
        foreach (ProcessTimeline process in measured.Timeline.Processes)
        {
            double slope = measured.Timeline.MemorySlopeOf(process.Name, measured.Window.Seconds / 2);
            yield return new Figure($"memory_{process.Name}_mib", process.Samples[^1].ResidentBytes / Mib);
            yield return new Figure($"memory_{process.Name}_mib_per_minute", slope * 60 / Mib);
        }
    }
}

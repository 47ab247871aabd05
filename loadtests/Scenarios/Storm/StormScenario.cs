using Realtime.Loadtests.Results;
using Realtime.Loadtests.Scenarios.FanOut;

namespace Realtime.Loadtests.Scenarios.Storm;

/// <summary>
/// The load of <see cref="FanOutScenario"/>, first in peace, then beside storms of connection attempts: what the
/// viewers that are there feel of it. As many attempts in a second as <c>connect-rate</c> says.
/// </summary>
internal sealed class StormScenario : IScenario
{
    private const string Ratio = "storm_p99_ratio";

    // As in the fan-out's defaults; here the rate is the storm's.
    private const int ViewersPerSecond = 200;

    /// <inheritdoc/>
    public string Name => "storm";

    /// <inheritdoc/>
    public string Summary => "5,000 connection attempts in a second, every five: latency of the viewers that are there";

    /// <inheritdoc/>
    public LoadOptions Defaults { get; } = new()
    {
        Clients = 1_000,
        Agents = 100,
        Rate = 100,
        PayloadBytes = 200,
        Publishers = 4,
        ConnectRate = 5_000,
        Warmup = TimeSpan.FromSeconds(10),
        Duration = TimeSpan.FromSeconds(30),
    };

    /// <inheritdoc/>
    public IReadOnlyList<Threshold> ThresholdsOf(LoadOptions load) =>
    [
        new(Ratio, 2),
        new(FigureNames.Missing, 0),
        new(FigureNames.Duplicates, 0),
        new(FigureNames.OutOfOrder, 0),
        new(FigureNames.Disconnected, 0),
        new(FigureNames.Refused, 0),
    ];

    /// <inheritdoc/>
    public async Task<RunResult> RunAsync(ScenarioContext context, CancellationToken stopping)
    {
        ScenarioContext viewers = context with { Load = context.Load with { ConnectRate = ViewersPerSecond } };
        context.Progress.Tell("in peace");
        RunResult peace = await RunOnceAsync(viewers, storm: null, stopping);
        context.Progress.Tell("with storms");
        var storm = new ConnectStorm(context.Target, context.Load.ConnectRate);
        RunResult stormy = await RunOnceAsync(viewers, storm, stopping);

        double before = Of(peace, FigureNames.LatencyP99);
        return stormy with
        {
            Figures =
            [
                new(Ratio, Of(stormy, FigureNames.LatencyP99) / before),
                new("peace_latency_p99_ms", before),
                new("storm_attempts", storm.Attempts),
                new("storm_answered", storm.Answered),
                new("storm_closed", storm.Closed),
                new("storm_unanswered", storm.Unanswered),
                .. stormy.Figures,
            ],
        };
    }

    private static async Task<RunResult> RunOnceAsync(
        ScenarioContext context, ConnectStorm? storm, CancellationToken stopping)
    {
        await using var run = new FanOutRun(context);
        await run.ConnectAsync(stopping);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        Task storming = storm?.RunAsync(over.Token) ?? Task.CompletedTask;
        try
        {
            await run.PublishAsync(stopping);
        }
        finally
        {
            await over.CancelAsync();
            await storming;
        }

        await run.WaitForDeliveriesAsync(stopping);
        await run.DisconnectAsync();
        return run.Result();
    }

    private static double Of(RunResult result, string figure) =>
        result.Figures.Single(one => one.Name == figure).Value;
}

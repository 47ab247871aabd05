using Realtime.Loadtests.Load;
using Realtime.Loadtests.Results;
using Realtime.Loadtests.Scenarios.FanOut;
using Realtime.Loadtests.Steps;

namespace Realtime.Loadtests.Scenarios.Storm;

/// <summary>One run of <see cref="StormScenario"/>: one of the fan-out in peace, then one beside storms.</summary>
internal sealed class StormRun : IScenarioRun
{
    private readonly ScenarioContext _viewers;
    private readonly ConnectStorm _storm;
    private readonly FanOutRun _stormy;
    private RunResult? _peace;

    public StormRun(ScenarioContext context)
    {
        _viewers = context with { Load = context.Load with { ConnectRate = StormScenario.ViewersPerSecond } };
        _storm = new ConnectStorm(context.Target, context.Load.ConnectRate);
        _stormy = new FanOutRun(_viewers);
    }

    /// <inheritdoc/>
    public IReadOnlyList<Step> Steps => _stormy.Steps;

    /// <inheritdoc/>
    public async Task InitAsync(CancellationToken stopping)
    {
        _viewers.Progress.Tell("in peace");
        await using (var peace = new FanOutRun(_viewers))
        {
            _peace = await new ScenarioExecution(_viewers, [], abortsEarly: false).RunAsync(peace, stopping);
        }

        _viewers.Progress.Tell("with storms");
        await _stormy.InitAsync(stopping);
    }

    /// <inheritdoc/>
    public async Task LoadAsync(LoadWindow window, CancellationToken stopping)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        Task storming = _storm.RunAsync(over.Token);
        try
        {
            await _stormy.LoadAsync(window, stopping);
        }
        finally
        {
            await over.CancelAsync();
            await storming;
        }
    }

    /// <inheritdoc/>
    public Task CleanAsync(CancellationToken stopping) => _stormy.CleanAsync(stopping);

    /// <inheritdoc/>
    public IEnumerable<Figure> Live() => _stormy.Live();

    /// <inheritdoc/>
    public RunResult Result(Measured measured)
    {
        RunResult stormy = _stormy.Result(measured);
        double before = _peace!.ValueOf(FigureNames.LatencyP99);
        return stormy with
        {
            Figures =
            [
                new(StormScenario.Ratio, stormy.ValueOf(FigureNames.LatencyP99) / before),
                new("peace_latency_p99_ms", before),
                new("storm_attempts", _storm.Attempts),
                new("storm_answered", _storm.Answered),
                new("storm_closed", _storm.Closed),
                new("storm_unanswered", _storm.Unanswered),
                .. stormy.FiguresWith(_peace!),
            ],
        };
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _stormy.DisposeAsync();
}

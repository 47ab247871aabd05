using Realtime.Loadtests.Publishing;
using Realtime.Loadtests.Results;
using Realtime.Loadtests.Scenarios.FanOut;

namespace Realtime.Loadtests.Scenarios.Ingest;

/// <summary>
/// Much is published, and one agent in a hundred watched, to see that what is acknowledged is there; by one way or the
/// other.
/// </summary>
internal sealed class IngestScenario(ProducerKind producer) : IScenario
{
    // DESIGN.md section 13: so many a second, sustained. On schedule, so that what is slower shows as time.
    private const int EventsPerSecond = 20_000;
    private const double KeptUp = 0.99;
    private const double AckP99MsMax = 700;

    /// <inheritdoc/>
    public string Name => producer == ProducerKind.Http ? "ingest-http" : "ingest-socket";

    /// <inheritdoc/>
    public string Summary => producer == ProducerKind.Http
        ? "20,000 events/s by POST in batches: time to the acknowledgement, nothing refused, CPU"
        : "20,000 events/s by WS /v1/publish, batches in flight: time to the acknowledgement, nothing refused, CPU";

    /// <inheritdoc/>
    public LoadOptions Defaults { get; } = new()
    {
        Clients = 10,
        Agents = 1_000,
        Rate = EventsPerSecond,
        PayloadBytes = 200,
        Publishers = 16,
        Producer = producer,
        ConnectRate = 100,
        Warmup = TimeSpan.FromSeconds(5),
        Duration = TimeSpan.FromSeconds(20),
    };

    /// <inheritdoc/>
    public IReadOnlyList<Threshold> ThresholdsOf(LoadOptions load) =>
    [
        new(FigureNames.AckP99, AckP99MsMax),
        .. load.Simulations.Count == 0
            ? [new Threshold(FigureNames.StoredPerSecond, load.Rate * KeptUp, IsLeast: true)]
            : Array.Empty<Threshold>(),
        .. ExactThresholds.OfEvents,
    ];

    /// <inheritdoc/>
    public IScenarioRun CreateRun(ScenarioContext context) => new FanOutRun(context);
}

using Realtime.Log;

namespace Realtime.Workers.Ingest;

/// <summary>The answer to one publish: an outcome per event, in the order of the events.</summary>
/// <param name="Outcomes">One per event.</param>
/// <param name="Pressure">That of the worst stream touched; null if no stream answered.</param>
internal sealed record IngestResult(IReadOnlyList<IngestOutcome> Outcomes, Pressure? Pressure)
{
    /// <summary>Whether at least one event is in the log.</summary>
    public bool IsAnyStored => Outcomes.Any(outcome => outcome.IsStored);

    /// <summary>Whether an outcome has this status.</summary>
    public bool Has(IngestStatus status) => Outcomes.Any(outcome => outcome.Status == status);
}

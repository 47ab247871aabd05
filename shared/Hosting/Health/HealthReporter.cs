using System.Collections.Immutable;
using Microsoft.Extensions.Logging;

namespace Realtime.Hosting.Health;

/// <summary>Asks every check and figure, and makes one report of them.</summary>
internal sealed partial class HealthReporter(
    IEnumerable<IReadinessCheck> checks, IEnumerable<LoadFigure> figures, IEnumerable<ServedRole> roles,
    IEnumerable<ServedBy> servedBy, ILogger<HealthReporter> logger)
{
    private readonly ImmutableArray<IReadinessCheck> _checks = [.. checks];
    private readonly ImmutableArray<LoadFigure> _figures = [.. figures];
    private readonly ImmutableArray<WorkerRole> _roles = [.. roles.Select(served => served.Role).Order()];
    private readonly ServedBy? _servedBy = servedBy.LastOrDefault();

    public ReadinessReport Report()
    {
        ImmutableArray<Readiness> answers = [.. _checks.Select(Ask)];
        return new ReadinessReport
        {
            Status = answers.Select(answer => answer.Status).DefaultIfEmpty(ReadinessStatus.Ready).Max(),
            Reasons = [.. answers.Select(answer => answer.Reason).OfType<string>()],
            Load = _figures.ToImmutableSortedDictionary(
                figure => figure.Name, figure => figure.Read(), StringComparer.Ordinal),
            Roles = _roles,
            Name = _servedBy?.Name,
            TimeMs = _servedBy?.Clock.GetUtcNow().ToUnixTimeMilliseconds(),
        };
    }

    // A check that fails knows nothing of its part: not ready, rather than no answer for all.
    private Readiness Ask(IReadinessCheck check)
    {
        try
        {
            return check.Check();
        }
        catch (Exception error)
        {
            Log.CheckFailed(logger, error, check.GetType().Name);
            return Readiness.Unready($"{check.GetType().Name} failed");
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "Readiness check {Check} failed; /readyz says unready.")]
        public static partial void CheckFailed(ILogger logger, Exception error, string check);
    }
}

using System.Collections.Immutable;

namespace Realtime.Edge.Draining;

/// <summary>How far the edge's drain is.</summary>
/// <param name="StartedAt">When it began, ms since 1970.</param>
/// <param name="DeadlineAt">When what is left is cut.</param>
/// <param name="Pace">How many are told to leave in a second, at all workers together.</param>
/// <param name="Connections">How many there were at its start.</param>
/// <param name="Left">How many are still open.</param>
/// <param name="Cut">How many were cut at the deadline.</param>
/// <param name="By">Who ordered it.</param>
/// <param name="Workers">Which worker took the order.</param>
internal sealed record EdgeDrainReport(
    long StartedAt, long DeadlineAt, int Pace, long Connections, long Left, long Cut, string By,
    ImmutableArray<OrderedWorker> Workers);

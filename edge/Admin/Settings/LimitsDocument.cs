using System.Collections.Immutable;
using Realtime.Edge.Admin.Asking;

namespace Realtime.Edge.Admin.Settings;

/// <summary>Answer of <c>GET /admin/limits</c>.</summary>
/// <param name="Edge">The edge that was asked.</param>
/// <param name="Limits">Its limits.</param>
/// <param name="Workers">Those of the workers, as each says.</param>
/// <param name="Unreachable">Workers that did not answer.</param>
internal sealed record LimitsDocument(
    string Edge, ImmutableArray<EdgeLimit> Limits, ImmutableArray<WorkerAnswer> Workers,
    ImmutableArray<Unanswered> Unreachable);

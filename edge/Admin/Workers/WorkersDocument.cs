using System.Collections.Immutable;

namespace Realtime.Edge.Admin.Workers;

/// <summary>Answer of <c>GET /admin/workers</c>.</summary>
/// <param name="Edge">The edge that was asked.</param>
/// <param name="Workers">All workers that it knows, by id.</param>
internal sealed record WorkersDocument(string Edge, ImmutableArray<WorkerDocument> Workers);

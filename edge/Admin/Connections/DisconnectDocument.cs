using System.Collections.Immutable;
using Realtime.Edge.Admin.Asking;

namespace Realtime.Edge.Admin.Connections;

/// <summary>Answer of <c>POST /admin/connections/disconnect</c>.</summary>
/// <param name="Disconnected">How many were closed.</param>
/// <param name="Workers">How many by each worker.</param>
/// <param name="Unreachable">Workers that did not answer: theirs may still be open. Ask again.</param>
internal sealed record DisconnectDocument(
    long Disconnected, ImmutableArray<WorkerDisconnects> Workers, ImmutableArray<Unanswered> Unreachable);

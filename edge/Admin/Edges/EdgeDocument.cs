using System.Collections.Immutable;
using Realtime.Edge.Admin.Asking;
using Realtime.Edge.Draining;

namespace Realtime.Edge.Admin.Edges;

/// <summary>Answer of <c>GET /admin/edge</c>: the edge that is asked.</summary>
/// <param name="Edge">Its id.</param>
/// <param name="Version">Its version.</param>
/// <param name="StartedAt">When its process began, ms since 1970.</param>
/// <param name="State">Serving, draining, drained or undraining.</param>
/// <param name="Connections">Connections that are open through it.</param>
/// <param name="Requests">Plain requests in flight.</param>
/// <param name="Places">How many connections it holds of how many that it may.</param>
/// <param name="Workers">How many workers it knows, and how many of them get new work.</param>
/// <param name="Certificate">What its listeners show.</param>
/// <param name="Drain">How far its drain is; null if it serves.</param>
/// <param name="UndrainPending">Workers that have not yet heard that it is undone; they are told again.</param>
internal sealed record EdgeDocument(
    string Edge, string Version, long StartedAt, EdgeState State, long Connections, long Requests, EdgePlaces Places,
    EdgeWorkers Workers, EdgeShownCertificate Certificate, EdgeDrainReport? Drain,
    ImmutableArray<Unanswered> UndrainPending);

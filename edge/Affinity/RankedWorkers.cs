using System.Collections.Immutable;
using Realtime.Edge.Forwarding;

namespace Realtime.Edge.Affinity;

/// <summary>
/// The healthy workers for this request, in the order in which to ask them; empty if none is healthy.
/// </summary>
internal sealed record RankedWorkers(ImmutableArray<Worker> Workers);

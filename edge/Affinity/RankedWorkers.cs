using System.Collections.Immutable;
using Realtime.Edge.Forwarding;

namespace Realtime.Edge.Affinity;

/// <summary>The workers for this request, in the order in which to ask them; empty if there is nobody to ask.</summary>
/// <param name="Workers">The workers.</param>
/// <param name="IsLastResort">Whether none of them is known to be well.</param>
internal sealed record RankedWorkers(ImmutableArray<Worker> Workers, bool IsLastResort);

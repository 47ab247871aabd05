using System.Collections.Immutable;
using Realtime.Edge.Forwarding;
using Realtime.Hosting.Health;

namespace Realtime.Edge.Admin;

/// <summary>One worker, as this edge sees it.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Address">Its base address.</param>
/// <param name="State">What the last probe found.</param>
/// <param name="Available">Whether it gets new work now: a worker that just failed rests until the next probe.</param>
/// <param name="Reasons">Why it is not ready, in its own words.</param>
/// <param name="Roles">What it does; empty if it doesn't say, and then it gets everything.</param>
/// <param name="Load">The figures of its last report.</param>
/// <param name="Connections">Connections open through this edge.</param>
/// <param name="Requests">Plain requests in flight through this edge.</param>
internal sealed record WorkerDocument(
    string Id,
    string Address,
    WorkerState State,
    bool Available,
    ImmutableArray<string> Reasons,
    ImmutableArray<WorkerRole> Roles,
    ImmutableSortedDictionary<string, long> Load,
    long Connections,
    long Requests)
{
    public static WorkerDocument Of(Worker worker) => new(
        worker.Id,
        worker.Address,
        worker.State,
        worker.IsAvailable,
        worker.Report?.Reasons ?? [],
        worker.Report?.Roles ?? [],
        worker.Report?.Load ?? ImmutableSortedDictionary<string, long>.Empty,
        worker.Connections,
        worker.Requests);
}

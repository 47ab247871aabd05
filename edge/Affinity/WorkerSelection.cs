using Microsoft.AspNetCore.Http.Features;
using Realtime.Edge.Forwarding;
using Realtime.Hosting.Health;
using Realtime.Hosting.Identity;
using Yarp.ReverseProxy.Model;

namespace Realtime.Edge.Affinity;

/// <summary>
/// Ranks the healthy workers that do what the request is about; where there is none, those that may yet take it: a
/// moment's trouble of all of them would otherwise refuse everybody until the next probe, with workers that are well.
/// </summary>
internal sealed class WorkerSelection(RequestDelegate next, WorkerTable workers, WorkerRanking ranking)
{
    public Task InvokeAsync(HttpContext context)
    {
        IReverseProxyFeature proxy = context.GetReverseProxyFeature();
        WorkerRole role = Traffic.RoleFor(context);
        Worker[] candidates = [.. Serving(role, proxy.AvailableDestinations)];
        if (candidates.Length == 0)
        {
            candidates = [.. Serving(role, proxy.AllDestinations).Where(worker => worker.IsLastResort)];
        }

        string? key = AffinityKey.Of(context, context.Features.GetRequiredFeature<Identity>());
        context.Features.Set(new RankedWorkers(candidates switch
        {
            [] => [],
            _ when key is null => ranking.ByRequests(candidates),
            _ => ranking.ByKey(key, candidates),
        }));
        return next(context);
    }

    private IEnumerable<Worker> Serving(WorkerRole role, IReadOnlyList<DestinationState> destinations) =>
        destinations.Select(workers.Of).Where(worker => worker.Serves(role));
}

using System.Collections.Immutable;
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
        WorkerRole role = Traffic.RoleFor(context);
        IReadOnlyList<DestinationState> known = context.GetReverseProxyFeature().AllDestinations;
        Worker[] serving = [.. known.Select(workers.Of).Where(worker => worker.Serves(role))];
        Worker[] candidates = [.. serving.Where(worker => worker.IsAvailable)];
        bool isLastResort = candidates.Length == 0;
        if (isLastResort)
        {
            candidates = [.. serving.Where(worker => worker.IsLastResort)];
        }

        string? key = AffinityKey.Of(context, context.Features.GetRequiredFeature<Identity>());
        ImmutableArray<Worker> ranked = candidates switch
        {
            [] => [],
            _ when key is null => ranking.ByRequests(candidates),
            _ => ranking.ByKey(key, candidates),
        };
        context.Features.Set(new RankedWorkers(ranked, isLastResort));
        return next(context);
    }
}

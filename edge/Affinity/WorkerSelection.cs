using Microsoft.AspNetCore.Http.Features;
using Realtime.Edge.Forwarding;
using Realtime.Hosting.Identity;
using Yarp.ReverseProxy.Model;

namespace Realtime.Edge.Affinity;

/// <summary>Ranks the healthy workers for the request.</summary>
internal sealed class WorkerSelection(RequestDelegate next, WorkerTable workers, WorkerRanking ranking)
{
    public Task InvokeAsync(HttpContext context)
    {
        IReadOnlyList<DestinationState> available = context.GetReverseProxyFeature().AvailableDestinations;
        Worker[] candidates = [.. available.Select(workers.Of)];
        string? key = AffinityKey.Of(context, context.Features.GetRequiredFeature<Identity>());
        context.Features.Set(new RankedWorkers(candidates switch
        {
            [] => [],
            _ when key is null => ranking.ByRequests(candidates),
            _ => ranking.ByKey(key, candidates),
        }));
        return next(context);
    }
}

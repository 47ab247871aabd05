using System.Text.Json;
using System.Text.Json.Serialization;
using Realtime.Edge.Forwarding;
using Yarp.ReverseProxy;
using Yarp.ReverseProxy.Model;

namespace Realtime.Edge.Admin;

/// <summary><c>GET /admin/workers</c>.</summary>
internal sealed class WorkersEndpoint(EdgeOptions edge, IProxyStateLookup proxy, WorkerTable workers)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
    };

    public Task GetAsync(HttpContext context)
    {
        IEnumerable<DestinationState> known =
            proxy.TryGetCluster(WorkerRoutes.Cluster, out ClusterState? cluster) ? cluster.Destinations.Values : [];
        IEnumerable<WorkerDocument> documents = known.Select(workers.Of)
            .OrderBy(worker => worker.Id, StringComparer.Ordinal)
            .Select(WorkerDocument.Of);
        return context.Response.WriteAsJsonAsync(
            new WorkersDocument(edge.EdgeId, [.. documents]), Json, context.RequestAborted);
    }
}

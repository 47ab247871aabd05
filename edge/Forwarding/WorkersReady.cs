using Realtime.Hosting.Health;
using Yarp.ReverseProxy;
using Yarp.ReverseProxy.Model;

namespace Realtime.Edge.Forwarding;

/// <summary>An edge without a worker serves nobody: who spreads clients over edges should know.</summary>
internal sealed class WorkersReady(IProxyStateLookup proxy) : IReadinessCheck
{
    public Readiness Check()
    {
        bool isAnyHealthy = proxy.TryGetCluster(WorkerRoutes.Cluster, out ClusterState? cluster)
            && cluster.DestinationsState.AvailableDestinations.Any(d => d.Health.Active == DestinationHealth.Healthy);
        return isAnyHealthy ? Readiness.Ready : Readiness.Unready("no worker is ready");
    }
}

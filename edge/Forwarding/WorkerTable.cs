using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Yarp.ReverseProxy;
using Yarp.ReverseProxy.Model;

namespace Realtime.Edge.Forwarding;

/// <summary>The workers by id. As many as are configured.</summary>
internal sealed partial class WorkerTable(
    IProxyStateLookup proxy, BreakerOptions options, EdgeMetrics metrics, TimeProvider clock,
    ILogger<WorkerTable> logger) : IDisposable
{
    private readonly ConcurrentDictionary<string, Worker> _workers = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>All workers, by id.</summary>
    public IEnumerable<Worker> All =>
        proxy.TryGetCluster(WorkerRoutes.Cluster, out ClusterState? cluster)
            ? cluster.Destinations.Values.Select(Of).OrderBy(worker => worker.Id, StringComparer.Ordinal)
            : [];

    public bool TryFind(string id, [NotNullWhen(true)] out Worker? worker)
    {
        worker = All.FirstOrDefault(one => one.Id.Equals(id, StringComparison.Ordinal));
        return worker is not null;
    }

    public Worker Of(DestinationState destination) => _workers.GetOrAdd(destination.DestinationId, New, destination);

    public void Dispose()
    {
        foreach (Worker worker in _workers.Values)
        {
            worker.Dispose();
        }
    }

    private Worker New(string id, DestinationState destination) =>
        new(destination, new Breaker(options, clock, Random.Shared, state => BreakerChanged(id, state)), clock);

    private void BreakerChanged(string id, BreakerState state)
    {
        metrics.BreakerBecame(state);
        switch (state)
        {
            case BreakerState.Open:
                Log.Opened(logger, id);
                break;
            case BreakerState.HalfOpen:
                Log.HalfOpened(logger, id);
                break;
            default:
                Log.Closed(logger, id);
                break;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Breaker of worker {Worker} opened: it failed too often in a row.")]
        public static partial void Opened(ILogger logger, string worker);

        [LoggerMessage(2, LogLevel.Information, "Breaker of worker {Worker} half open: the next attempt decides.")]
        public static partial void HalfOpened(ILogger logger, string worker);

        [LoggerMessage(3, LogLevel.Information, "Breaker of worker {Worker} closed.")]
        public static partial void Closed(ILogger logger, string worker);
    }
}

using System.Collections.Concurrent;
using Yarp.ReverseProxy.Model;

namespace Realtime.Edge.Forwarding;

/// <summary>The workers by id. As many as are configured.</summary>
internal sealed class WorkerTable
{
    private readonly ConcurrentDictionary<string, Worker> _workers = new(StringComparer.OrdinalIgnoreCase);

    public Worker Of(DestinationState destination) =>
        _workers.GetOrAdd(destination.DestinationId, static (_, state) => new Worker(state), destination);
}

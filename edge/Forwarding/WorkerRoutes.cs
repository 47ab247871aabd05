using System.Net;
using Realtime.Edge.Origins;
using Yarp.ReverseProxy.Configuration;

namespace Realtime.Edge.Forwarding;

/// <summary>What is forwarded, and to whom, in the proxy's terms.</summary>
internal static class WorkerRoutes
{
    public const string Cluster = "workers";

    public static IProxyConfigProvider Provide(EdgeOptions edge, ForwardingOptions options) =>
        new InMemoryConfigProvider(
            [Route(Traffic.ApiPath), Route(Traffic.WebSocketPath), Route(Traffic.EventStreamPath)],
            [Workers(edge, options)]);

    private static RouteConfig Route(string path) => new()
    {
        RouteId = path,
        ClusterId = Cluster,
        // WebSockets too: a browser hides why a handshake was refused, so SDKs ask the path again by plain HTTP.
        CorsPolicy = OriginsExtensions.Policy,
        Match = new() { Path = $"{path}/{{**rest}}" },
    };

    private static ClusterConfig Workers(EdgeOptions edge, ForwardingOptions options) => new()
    {
        ClusterId = Cluster,
        Destinations = edge.Workers.ToDictionary(
            worker => worker.Id,
            worker => new DestinationConfig { Address = worker.Address }),
        HttpRequest = new()
        {
            // The one place to change for HTTP/2 to the workers. HTTP/1.1 gives each connection its own socket: no
            // head of line that many viewers share, and the kernel's back-pressure is that of one viewer.
            Version = HttpVersion.Version11,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            ActivityTimeout = options.QuietTimeout,
            AllowResponseBuffering = false,
        },
        // Health is ours (WorkerProbes, Breaker): the proxy asks all workers in one round, which one that hangs delays.
    };
}

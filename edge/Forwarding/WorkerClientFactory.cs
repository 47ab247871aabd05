using Yarp.ReverseProxy.Forwarder;

namespace Realtime.Edge.Forwarding;

/// <summary>Makes the client that carries requests and streams to workers.</summary>
internal sealed class WorkerClientFactory(WorkerConnect connect, ILogger<ForwarderHttpClientFactory> logger)
    : ForwarderHttpClientFactory(logger)
{
    protected override void ConfigureHandler(ForwarderHttpClientContext context, SocketsHttpHandler handler)
    {
        base.ConfigureHandler(context, handler);
        connect.Configure(handler);
    }
}

using Yarp.ReverseProxy.Forwarder;

namespace Realtime.Edge.Forwarding;

/// <summary>Makes the client that speaks to workers.</summary>
internal sealed class WorkerClientFactory(WorkerConnect connect, ILogger<ForwarderHttpClientFactory> logger)
    : ForwarderHttpClientFactory(logger)
{
    protected override void ConfigureHandler(ForwarderHttpClientContext context, SocketsHttpHandler handler)
    {
        base.ConfigureHandler(context, handler);
        handler.ConnectCallback = connect.ConnectAsync;
        // Below the workers' keep-alive, so that no request meets a socket that the worker is just closing.
        handler.PooledConnectionIdleTimeout = TimeSpan.FromSeconds(60);
    }

    protected override HttpMessageHandler WrapHandler(ForwarderHttpClientContext context, HttpMessageHandler handler) =>
        new WholeProbes(handler);
}

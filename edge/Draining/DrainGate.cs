using Realtime.Edge.Forwarding;
using Realtime.Hosting.Problems;
using Realtime.Protocol.Messages;

namespace Realtime.Edge.Draining;

/// <summary>
/// Lets no new connection into an edge that leaves service. Requests are answered, and their clients told to come by
/// another socket next time, which then leads to another edge.
/// </summary>
internal sealed class DrainGate(
    RequestDelegate next, EdgeDrain drain, IHostApplicationLifetime lifetime, ForwardingOptions options,
    EdgeMetrics metrics)
{
    public Task InvokeAsync(HttpContext context)
    {
        if (drain.State == EdgeState.Serving && !lifetime.ApplicationStopping.IsCancellationRequested)
        {
            return next(context);
        }

        // Connection: close in HTTP/1.1; GOAWAY in HTTP/2, whose open streams go on.
        context.Connection.RequestClose();
        if (Traffic.KindOf(context) == TrafficKind.Request)
        {
            return next(context);
        }

        metrics.Refused(EdgeStage.Draining, EdgeRefusal.Draining);
        return Problem.WriteAsync(
            context, StatusCodes.Status503ServiceUnavailable, ErrorCodes.Draining,
            "This edge is leaving service; nothing was done. Connect again: another edge will take it.",
            retryAfter: options.RetryAfter);
    }
}

using Microsoft.AspNetCore.Http.Features;
using Realtime.Hosting.Identity;
using Realtime.Hosting.Problems;
using Realtime.Hosting.Sockets;
using Realtime.Protocol.Messages;

namespace Realtime.Edge.Limits;

/// <summary>Holds a connection's place in the counts for as long as it is open. Plain requests pass.</summary>
internal sealed class ConnectionLimiting(
    RequestDelegate next, ConnectionLimits limits, ConnectionLimitOptions options, EdgeMetrics metrics,
    TimeProvider clock)
{
    public Task InvokeAsync(HttpContext context)
    {
        TrafficKind kind = Traffic.KindOf(context);
        return kind == TrafficKind.Request ? next(context) : HoldAsync(context, kind);
    }

    private async Task HoldAsync(HttpContext context, TrafficKind kind)
    {
        ConnectionLease lease = limits.Enter(context.Features.GetRequiredFeature<Identity>());
        if (lease.Refusal is { } refusal)
        {
            metrics.Refused(EdgeStage.Limits, refusal);
            await Problem.WriteAsync(
                context, StatusCodes.Status429TooManyRequests, ErrorCodes.RateLimited, DetailOf(refusal),
                retryAfter: options.RetryAfter);
            return;
        }

        long openedAt = clock.GetTimestamp();
        metrics.ConnectionOpened(kind);
        try
        {
            await next(context);
        }
        finally
        {
            context.WhenOver(() =>
            {
                metrics.ConnectionClosed(kind, clock.GetElapsedTime(openedAt));
                lease.Dispose();
            });
        }
    }

    private string DetailOf(EdgeRefusal refusal) => refusal switch
    {
        EdgeRefusal.SubjectConnections =>
            $"This user has {options.SubjectConnectionsMax} connections open here, which is the limit. Close some.",
        EdgeRefusal.TenantConnections =>
            $"This tenant has {options.TenantConnectionsMax} connections open here, which is the limit. Close some.",
        _ => "This edge holds as many connections as it may. Try again, or another edge.",
    };
}

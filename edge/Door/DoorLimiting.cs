using Realtime.Edge.Limits;
using Realtime.Hosting.Problems;
using Realtime.Protocol.Messages;

namespace Realtime.Edge.Door;

/// <summary>
/// Refuses what one address, or all together, ask for too often, before a token is looked at. Behind the answers to
/// other origins, so that their scripts can read when to come again.
/// </summary>
internal sealed class DoorLimiting(
    RequestDelegate next, AddressLimits limits, DoorOptions options, ConnectionLimitOptions connections,
    EdgeMetrics metrics)
{
    private static readonly TimeSpan RequestRetryAfter = TimeSpan.FromSeconds(1);

    public Task InvokeAsync(HttpContext context)
    {
        if (context.Connection.RemoteIpAddress is not { } client)
        {
            return next(context);
        }

        var address = AddressGroup.Of(client);
        if (limits.TryRequest(address) is { } tooMany)
        {
            return RefuseAsync(context, tooMany, RequestRetryAfter);
        }

        return Traffic.KindOf(context) != TrafficKind.Request && limits.TryConnect(address) is { } refusal
            ? RefuseAsync(context, refusal, connections.RetryAfter)
            : next(context);
    }

    private Task RefuseAsync(HttpContext context, EdgeRefusal refusal, TimeSpan retryAfter)
    {
        metrics.Refused(EdgeStage.Door, refusal);
        return Problem.WriteAsync(
            context, StatusCodes.Status429TooManyRequests, ErrorCodes.RateLimited, DetailOf(refusal),
            retryAfter: retryAfter);
    }

    private string DetailOf(EdgeRefusal refusal) => refusal switch
    {
        EdgeRefusal.AddressRequestRate =>
            $"More than {options.AddressRequestsPerSecond} requests a second came from this address. Send fewer.",
        EdgeRefusal.AddressConnectionRate =>
            $"More than {options.AddressConnectionsPerSecond} connections a second came from this address. Wait longer "
            + "between attempts.",
        _ => "This edge is opening as many connections a second as it may. Try again, or another edge.",
    };
}

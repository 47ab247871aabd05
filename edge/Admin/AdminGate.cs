using Realtime.Hosting.Identity;
using Realtime.Hosting.Metrics;
using Realtime.Hosting.Problems;
using Realtime.Protocol.Messages;

namespace Realtime.Edge.Admin;

/// <summary>
/// Lets operators in, and nobody else, to anything on their listener; those who read metrics, to the metrics alone.
/// </summary>
internal sealed class AdminGate(RequestDelegate next, AdminToken token, MetricsReaders readers, EdgeMetrics metrics)
{
    public Task InvokeAsync(HttpContext context)
    {
        if (BearerTokens.OfferedBy(context.Request) is { } offered
            && (token.Matches(offered) || readers.Admit(context.Request, offered)))
        {
            return next(context);
        }

        // Nothing is said of what was offered: not even whether it is near.
        string cure = context.Request.Headers.Authorization.Count == 0
            ? "Send Authorization: Bearer and the admin token."
            : "The admin token that was sent is not the one of this edge.";
        metrics.Refused(EdgeStage.Admin, EdgeRefusal.AdminToken);
        context.Response.Headers.WWWAuthenticate = "Bearer realm=\"realtime admin\"";
        return Problem.WriteAsync(
            context, StatusCodes.Status401Unauthorized, ErrorCodes.Unauthorized,
            $"This address is for operators. {cure} It stands in the edge's configuration, as admin_token or in the "
            + "admin_token_file.");
    }
}

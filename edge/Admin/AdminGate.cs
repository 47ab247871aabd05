using System.Net.Http.Headers;
using Realtime.Hosting.Problems;
using Realtime.Protocol.Messages;

namespace Realtime.Edge.Admin;

/// <summary>Lets operators in, and nobody else, to anything on their listener.</summary>
internal sealed class AdminGate(RequestDelegate next, AdminToken token, EdgeMetrics metrics)
{
    public Task InvokeAsync(HttpContext context)
    {
        bool isOperator = AuthenticationHeaderValue.TryParse(context.Request.Headers.Authorization, out var offered)
            && offered is { Scheme: var scheme, Parameter: { } parameter }
            && scheme.Equals("Bearer", StringComparison.OrdinalIgnoreCase)
            && token.Matches(parameter);
        if (isOperator)
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

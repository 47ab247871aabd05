namespace Realtime.Edge.Admin;

/// <summary>
/// Keeps one line of each thing that was asked of the operators' door: from where, what, and what came of it.
/// </summary>
internal sealed partial class AdminAudit(RequestDelegate next, ILogger<AdminAudit> logger)
{
    public async Task InvokeAsync(HttpContext context)
    {
        await next(context);
        string? route = (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText;
        if (route?.StartsWith("/admin", StringComparison.Ordinal) == false)
        {
            return; // Probes of its health.
        }

        // The route's name, not the path: that may hold anything. Ids are checked before they stand here.
        string target = context.GetRouteValue(AdminExtensions.Id) is string id && Protocol.EntityName.IsValid(id)
            ? $" id={id}"
            : string.Empty;
        Log.Asked(
            logger, context.Connection.RemoteIpAddress?.ToString() ?? "an unknown address", context.Request.Method,
            route ?? "what is no endpoint or without its token", target, context.Features.Get<AdminQuery>()?.Told ?? "",
            context.Response.StatusCode);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information,
            "Audit: operator at {Remote} asked {Method} {Route}{Target}{Query}: {Status}")]
        public static partial void Asked(
            ILogger logger, string remote, string method, string route, string target, string query, int status);
    }
}

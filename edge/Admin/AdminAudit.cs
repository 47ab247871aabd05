using System.Globalization;

namespace Realtime.Edge.Admin;

/// <summary>
/// Keeps one line of each thing that was asked of the operators' door: from where, what, and what came of it.
/// </summary>
internal sealed partial class AdminAudit(RequestDelegate next, ILogger<AdminAudit> logger)
{
    private const int PathLengthMax = 64;
    private const int SegmentLengthMax = 20;

    public async Task InvokeAsync(HttpContext context)
    {
        // Whatever comes of it, an exception or a caller that has left included: what was ordered may have been done.
        string? outcome = null;
        try
        {
            await next(context);
        }
        catch (Exception error)
        {
            outcome = error is OperationCanceledException && context.RequestAborted.IsCancellationRequested
                ? "aborted by the caller"
                : "failed";
            throw;
        }
        finally
        {
            Tell(context, outcome ?? context.Response.StatusCode.ToString(CultureInfo.InvariantCulture));
        }
    }

    private void Tell(HttpContext context, string outcome)
    {
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
            route ?? $"{PlainPath(context.Request.Path)} (no endpoint, or without its token)", target,
            context.Features.Get<AdminQuery>()?.Told ?? "",
            outcome);
    }

    // Of who may be a stranger: shown as far as it looks like the path of an endpoint, and cannot be a secret.
    private static string PlainPath(PathString path) =>
        path.Value is { Length: > 0 and <= PathLengthMax } text
            && text.Split('/').All(part => part.Length <= SegmentLengthMax)
            && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '/' or '-' or '_' or '.')
            ? text
            : "a path that is not shown";

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information,
            "Audit: operator at {Remote} asked {Method} {Route}{Target}{Query}: {Outcome}")]
        public static partial void Asked(
            ILogger logger, string remote, string method, string route, string target, string query, string outcome);
    }
}

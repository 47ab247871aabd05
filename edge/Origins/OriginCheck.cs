using System.Collections.Frozen;
using Microsoft.Extensions.Primitives;
using Realtime.Hosting.Problems;
using Realtime.Protocol.Messages;

namespace Realtime.Edge.Origins;

/// <summary>
/// Refuses WebSockets and event streams of pages of other origins, before their token is looked at: browsers don't hold
/// WebSockets to CORS. Without <c>Origin</c> no browser is at work, and the token alone decides.
/// </summary>
internal sealed class OriginCheck(
    RequestDelegate next, OriginOptions options, EdgeOptions edge, EdgeMetrics metrics)
{
    private readonly bool _areAllAllowed = options.AllowedOrigins is [AllowedOrigin.Any];

    private readonly FrozenSet<string> _allowed = options.AllowedOrigins.Append(edge.PublicUrl)
        .Select(text => text is not null && AllowedOrigin.TryParse(text, out string origin) ? origin : null)
        .OfType<string>().ToFrozenSet(StringComparer.Ordinal);

    public Task InvokeAsync(HttpContext context)
    {
        StringValues origins = context.Request.Headers.Origin;
        if (origins.Count == 0 || _areAllAllowed || Traffic.KindOf(context) == TrafficKind.Request
            || (origins is [{ } origin] && IsAllowed(origin, context.Request)))
        {
            return next(context);
        }

        metrics.Refused(EdgeStage.Origins, EdgeRefusal.Origin);
        return Problem.WriteAsync(
            context, StatusCodes.Status403Forbidden, ErrorCodes.OriginNotAllowed,
            "Pages of this origin may not connect here. Who runs this service can allow it.");
    }

    private bool IsAllowed(string origin, HttpRequest request) =>
        _allowed.Contains(origin)
        || (AllowedOrigin.TryParse($"https://{request.Host.Value}", out string own)
            && string.Equals(origin, own, StringComparison.Ordinal));
}

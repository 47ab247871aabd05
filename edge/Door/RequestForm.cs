using System.Buffers;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;
using Realtime.Hosting.Problems;
using Realtime.Protocol.Messages;

namespace Realtime.Edge.Door;

/// <summary>
/// Refuses requests that servers could read differently, as far as the framework lets them through: whatever stands
/// before this edge, or behind it, might take a part of one for a request of its own.
/// </summary>
internal sealed class RequestForm(RequestDelegate next, EdgeMetrics metrics)
{
    /// <summary>Where the server puts a Content-Length that came beside a Transfer-Encoding.</summary>
    private const string SetAside = "X-Content-Length";

    // RFC 9110, 5.6.2.
    private static readonly SearchValues<char> TokenCharacters = SearchValues.Create(
        "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    // RFC 9113, 8.2.2: they speak of the connection, which HTTP/2 shares among requests.
    private static readonly string[] OfConnections =
        [HeaderNames.Connection, HeaderNames.TransferEncoding, HeaderNames.Upgrade, "Keep-Alive", "Proxy-Connection"];

    public Task InvokeAsync(HttpContext context)
    {
        bool isHttp1 = context.Request.Protocol.StartsWith("HTTP/1", StringComparison.Ordinal);
        if (isHttp1 ? !HasOneLength(context.Request.Headers) : !IsWellFormed(context.Request.Headers))
        {
            return RefuseAsync(
                context, EdgeRefusal.AmbiguousRequest, StatusCodes.Status400BadRequest, isHttp1
                    ? "The body's length must be told once: by Content-Length, or by Transfer-Encoding: chunked."
                    : "A header's name is none, or is not for HTTP/2 (RFC 9113, 8.2).");
        }

        // RFC 9220, 3: a tunnel for anything but WebSockets is not had.
        return HttpMethods.IsConnect(context.Request.Method) && Traffic.KindOf(context) != TrafficKind.WebSocket
            ? RefuseAsync(
                context, EdgeRefusal.Tunnel, StatusCodes.Status501NotImplemented,
                "Of tunnels there are WebSockets only (:protocol websocket).")
            : next(context);
    }

    // RFC 9112, 6.1 and 6.3.
    private static bool HasOneLength(IHeaderDictionary headers)
    {
        StringValues codings = headers.TransferEncoding;
        return codings.Count == 0
            || (codings is [{ } only] && only.Equals("chunked", StringComparison.OrdinalIgnoreCase)
                && !headers.ContainsKey(SetAside));
    }

    private static bool IsWellFormed(IHeaderDictionary headers)
    {
        foreach ((string name, _) in headers)
        {
            if (name.Length == 0 || name.AsSpan().ContainsAnyExcept(TokenCharacters)
                || OfConnections.Contains(name, StringComparer.OrdinalIgnoreCase))
            {
                return false;
            }
        }

        return true;
    }

    private Task RefuseAsync(HttpContext context, EdgeRefusal refusal, int status, string detail)
    {
        metrics.Refused(EdgeStage.Door, refusal);
        if (HttpProtocol.IsHttp11(context.Request.Protocol))
        {
            // Where it ends is not known, nor what comes behind it.
            context.Response.Headers.Connection = "close";
        }

        return Problem.WriteAsync(context, status, ErrorCodes.BadRequest, detail);
    }
}

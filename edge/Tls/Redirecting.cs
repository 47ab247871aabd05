using Realtime.Hosting.Problems;
using Realtime.Protocol.Messages;

namespace Realtime.Edge.Tls;

/// <summary>
/// All that the listener without TLS does: it names the address with. By 308, so that methods and bodies stay what
/// they are; whatever a client has sent in clear was its own doing.
/// </summary>
internal sealed class Redirecting(EdgeOptions edge, EdgeListeners listeners)
{
    private const int HttpsPort = 443;

    public Task AnswerAsync(HttpContext context)
    {
        if (TargetOf(context.Request.Host) is not { } target)
        {
            return Problem.WriteAsync(
                context, StatusCodes.Status400BadRequest, ErrorCodes.BadRequest,
                "The Host of the request is none. Use https:// and the server's name.");
        }

        HttpRequest request = context.Request;
        context.Response.StatusCode = StatusCodes.Status308PermanentRedirect;
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers.Location =
            $"{target}{request.Path.ToUriComponent()}{request.QueryString.ToUriComponent()}";
        context.Response.ContentLength = 0;
        return Task.CompletedTask;
    }

    private string? TargetOf(HostString host)
    {
        if (edge.PublicUrl is { } configured)
        {
            return configured.TrimEnd('/');
        }

        if (Uri.CheckHostName(host.Host) == UriHostNameType.Unknown)
        {
            return null;
        }

        int port = listeners.PublicAddress.Port;
        return port == HttpsPort ? $"https://{host.Host}" : $"https://{host.Host}:{port}";
    }
}

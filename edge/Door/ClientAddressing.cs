namespace Realtime.Edge.Door;

/// <summary>
/// Settles whose request it is, once: from here on the connection's remote address is the client's, for limits, logs,
/// and the <c>X-Forwarded-For</c> that workers get.
/// </summary>
internal sealed class ClientAddressing(RequestDelegate next, TrustedProxies proxies)
{
    private const string ForwardedFor = "X-Forwarded-For";

    public Task InvokeAsync(HttpContext context)
    {
        if (context.Connection.RemoteIpAddress is { } peer)
        {
            context.Connection.RemoteIpAddress = proxies.ClientOf(peer, context.Request.Headers[ForwardedFor]);
        }

        return next(context);
    }
}

namespace Realtime.Edge.Tls;

/// <summary>Marks every connection with the listener that accepted it.</summary>
internal sealed record ListenerFeature(Listener Listener)
{
    /// <summary>Whether the request came in by the listener of the operators.</summary>
    public static bool IsAdmin(HttpContext context) =>
        context.Features.Get<ListenerFeature>() is { Listener: Listener.Admin };

    /// <summary>Whether it came in without TLS.</summary>
    public static bool IsRedirect(HttpContext context) =>
        context.Features.Get<ListenerFeature>() is { Listener: Listener.Redirect };
}

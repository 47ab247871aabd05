using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;

namespace Realtime.Edge.Forwarding;

/// <summary>
/// Bounds the end of a socket that an upgraded stream had for itself: the server closes it once all is sent, which a
/// client that takes nothing could put off for ever.
/// </summary>
internal static class EndedStream
{
    public static void AbortAfter(HttpContext context, TimeSpan linger, TimeProvider clock)
    {
        // A connection of HTTP/2 has other streams, and goes on.
        if (context.Features.Get<IHttpUpgradeFeature>() is not { IsUpgradableRequest: true }
            || context.Features.Get<IConnectionLifetimeFeature>() is not { } connection)
        {
            return;
        }

        ITimer timer = clock.CreateTimer(
            static state => ((IConnectionLifetimeFeature)state!).Abort(), connection, linger, Timeout.InfiniteTimeSpan);
        connection.ConnectionClosed.Register(static state => ((ITimer)state!).Dispose(), timer);
    }
}

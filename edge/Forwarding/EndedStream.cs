using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;
using Realtime.Hosting.Sockets;

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

        AbortAfter(connection.Abort, linger, clock, connection.ConnectionClosed);
    }

    public static void AbortAfter(TakenConnection connection, TimeSpan linger, TimeProvider clock) =>
        AbortAfter(connection.Abort, linger, clock, connection.Closed);

    private static void AbortAfter(Action abort, TimeSpan linger, TimeProvider clock, CancellationToken closed)
    {
        ITimer timer = clock.CreateTimer(
            static state => ((Action)state!)(), abort, linger, Timeout.InfiniteTimeSpan);
        closed.Register(static state => ((ITimer)state!).Dispose(), timer);
    }
}

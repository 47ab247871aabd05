using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Realtime.Hosting.Sockets;

/// <summary>Connections that outlive the request that was made on them.</summary>
public static class TakenConnectionExtensions
{
    /// <summary>Lets requests take the connections of a listener.</summary>
    /// <param name="listen">The listener; behind TLS.</param>
    public static void UseTakenConnections(this ListenOptions listen) =>
        listen.Use(static next => connection => TakenConnection.ServeAsync(connection, next));

    /// <summary>
    /// Does something when the request is over, and what it took its connection for: at once if it took none. In the
    /// order in which it is asked for: what is inside comes first, as it does where requests wait.
    /// </summary>
    /// <param name="context">The request; behind whatever it waited for.</param>
    /// <param name="action">What to do.</param>
    public static void WhenOver(this HttpContext context, Action action)
    {
        if (TakenConnection.Of(context) is { IsTaken: true } taken)
        {
            taken.WhenOver(action);
        }
        else
        {
            action();
        }
    }
}

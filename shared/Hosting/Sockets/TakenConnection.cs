using System.IO.Pipelines;
using System.Runtime.ExceptionServices;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace Realtime.Hosting.Sockets;

/// <summary>
/// A connection that an upgraded request of HTTP/1.1 may take along: what it does with it goes on when the request is
/// over. A request that lasts as long as its WebSocket keeps the server's HTTP connection, its head, and every
/// middleware that waits for it: 9 KiB for each that is idle.
/// <code>
///   socket -> TLS -> [ taken ] -> HTTP/1.1 -> middleware -> endpoint: 101, TakeAfter(run)
///                        |                                     |
///                        |     &lt;------------- return ----------'    all of this is garbage from here on
///                        '-> run, then what was asked for by WhenOver
/// </code>
/// </summary>
/// <remarks>
/// Nothing that belongs to the request (its context, features, services of its scope) may be used by what goes on.
/// </remarks>
public sealed class TakenConnection : IConnectionHeartbeatFeature
{
    private readonly ConnectionContext _connection;
    private readonly IConnectionHeartbeatFeature? _heartbeat;
    private readonly List<Action> _whenOver = [];
    private volatile Action? _beat;
    private Func<Task>? _run;

    private TakenConnection(ConnectionContext connection)
    {
        _connection = connection;
        _heartbeat = connection.Features.Get<IConnectionHeartbeatFeature>();
        if (_heartbeat is not null)
        {
            connection.Features.Set<IConnectionHeartbeatFeature>(this);
        }

        connection.Features.Set(this);
    }

    /// <summary>Whether a request took it.</summary>
    public bool IsTaken => _run is not null;

    /// <summary>Cancelled when the connection is gone.</summary>
    public CancellationToken Closed => _connection.ConnectionClosed;

    /// <summary>Its bytes, for what goes on; behind TLS, if there is any.</summary>
    public IDuplexPipe Transport => _connection.Transport;

    /// <summary>Ends it without another byte.</summary>
    public void Abort() => _connection.Abort();

    /// <summary>
    /// The connection of a request, if that can be taken. Null for a stream of HTTP/2, which is one of several on its
    /// connection.
    /// </summary>
    public static TakenConnection? Of(HttpContext context) =>
        HttpProtocol.IsHttp11(context.Request.Protocol) ? context.Features.Get<TakenConnection>() : null;

    /// <summary>Takes it: once the request is over, this goes on, and the connection ends with it.</summary>
    public void TakeAfter(Func<Task> run) => _run = run;

    /// <summary>Does something when what took it is over; in the order in which it is asked for.</summary>
    public void WhenOver(Action action) => _whenOver.Add(action);

    // What is called each second to look at timeouts: HTTP's, for as long as there is HTTP.
    void IConnectionHeartbeatFeature.OnHeartbeat(Action<object> action, object state)
    {
        bool isFirst = _beat is null;
        _beat += () => action(state);
        if (isFirst)
        {
            _heartbeat!.OnHeartbeat(static taken => ((TakenConnection)taken)._beat?.Invoke(), this);
        }
    }

    internal static async Task ServeAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        var taken = new TakenConnection(connection);
        try
        {
            await next(connection);
            taken.ForgetHttp();
            await (taken._run?.Invoke() ?? Task.CompletedTask);
        }
        finally
        {
            taken.Finish();
        }
    }

    // All of it, as nested finally blocks would: a place that is not given back is lost for good.
    private void Finish()
    {
        Exception? failure = null;
        foreach (Action action in _whenOver)
        {
            try
            {
                action();
            }
            catch (Exception error)
            {
                failure ??= error;
            }
        }

        if (failure is not null)
        {
            ExceptionDispatchInfo.Throw(failure);
        }
    }

    private void ForgetHttp()
    {
        _beat = null;
        _connection.Features.Set<IConnectionTimeoutFeature>(null);
    }
}

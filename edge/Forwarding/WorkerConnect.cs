using System.Net.Sockets;
using Realtime.Hosting.Sockets;

namespace Realtime.Edge.Forwarding;

/// <summary>Opens the sockets to workers.</summary>
internal sealed class WorkerConnect(ForwardingOptions options, TimeProvider clock)
{
    /// <summary>Has a client of HTTP open its sockets here.</summary>
    public void Configure(SocketsHttpHandler handler)
    {
        handler.ConnectCallback = ConnectAsync;
        // Below the workers' keep-alive, so that no request meets a socket that the worker is just closing.
        handler.PooledConnectionIdleTimeout = TimeSpan.FromSeconds(60);
    }

    /// <summary>
    /// For what the edge itself asks of workers: nothing of the machine's settings gets between them.
    /// </summary>
    public SocketsHttpHandler NewHandler()
    {
        var handler = new SocketsHttpHandler
        {
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
            ActivityHeadersPropagator = null,
        };
        Configure(handler);
        return handler;
    }

    private async ValueTask<Stream> ConnectAsync(
        SocketsHttpConnectionContext connection, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(options.ConnectTimeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            socket.KeepAlive();
            await socket.ConnectAsync(connection.DnsEndPoint, either.Token);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested)
        {
            socket.Dispose();
            // Not as a cancellation: the handler would report it as one, and we could not tell it from a client that
            // left.
            throw new TimeoutException($"No connection within {options.ConnectTimeout.TotalMilliseconds} ms.");
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}

using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using Realtime.Hosting.Sockets;

namespace Realtime.Edge.Forwarding;

/// <summary>Opens the sockets to workers.</summary>
internal sealed class WorkerConnect(ForwardingOptions options, TimeProvider clock)
{
    /// <summary>Has a client of HTTP open its sockets here.</summary>
    public void Configure(SocketsHttpHandler handler)
    {
        handler.ConnectCallback = async (connection, cancellationToken) =>
            await ConnectAsync(connection.DnsEndPoint, cancellationToken);
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

    /// <summary>Connects to a worker, with TLS if its address says so.</summary>
    /// <param name="address">The worker's base address.</param>
    /// <param name="cancellationToken">Gives it up.</param>
    /// <exception cref="TimeoutException">There was no connection within <c>connect_timeout</c>.</exception>
    public async Task<Stream> ConnectAsync(Uri address, CancellationToken cancellationToken)
    {
        NetworkStream stream = await ConnectAsync(new DnsEndPoint(address.IdnHost, address.Port), cancellationToken);
        if (address.Scheme == Uri.UriSchemeHttp)
        {
            return stream;
        }

        var tls = new SslStream(stream);
        try
        {
            await tls.AuthenticateAsClientAsync(
                new SslClientAuthenticationOptions { TargetHost = address.IdnHost }, cancellationToken);
            return tls;
        }
        catch
        {
            await tls.DisposeAsync();
            throw;
        }
    }

    private async ValueTask<NetworkStream> ConnectAsync(DnsEndPoint endPoint, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(options.ConnectTimeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            socket.KeepAlive();
            await socket.ConnectAsync(endPoint, either.Token);
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

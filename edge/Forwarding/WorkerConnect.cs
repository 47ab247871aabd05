using System.Net.Sockets;

namespace Realtime.Edge.Forwarding;

/// <summary>Opens the sockets to workers.</summary>
internal sealed class WorkerConnect(ForwardingOptions options, TimeProvider clock)
{
    /// <summary>
    /// A worker that died without a word (power, network) shows on quiet sockets after 15 s + 3 x 5 s, not after the
    /// kernel's two hours.
    /// </summary>
    private const int KeepAliveAfterSeconds = 15;
    private const int KeepAliveIntervalSeconds = 5;
    private const int KeepAliveProbes = 3;

    public async ValueTask<Stream> ConnectAsync(
        SocketsHttpConnectionContext connection, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(options.ConnectTimeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            KeepAlive(socket);
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

    private static void KeepAlive(Socket socket)
    {
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, KeepAliveAfterSeconds);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, KeepAliveIntervalSeconds);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, KeepAliveProbes);
    }
}

using System.Net.Sockets;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Realtime.Hosting.Sockets;

/// <summary>
/// Finds peers that went without a word (power, network) on quiet sockets after 15 s + 3 x 5 s, not after the kernel's
/// two hours.
/// </summary>
public static class SocketKeepAlive
{
    /// <summary>How long a socket is quiet before its peer is asked.</summary>
    public static readonly TimeSpan After = TimeSpan.FromSeconds(15);

    /// <summary>How long each question waits for its answer.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    /// <summary>Questions without an answer that end the connection.</summary>
    public const int Probes = 3;

    /// <summary>Has a socket's peer asked by the kernel.</summary>
    public static void KeepAlive(this Socket socket)
    {
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
        socket.SetSocketOption(
            SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, (int)After.TotalSeconds);
        socket.SetSocketOption(
            SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, (int)Interval.TotalSeconds);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, Probes);
    }

    /// <summary>Has the peer of each connection of a listener asked so.</summary>
    /// <param name="listen">The listener; before TLS is put on it.</param>
    public static void UseKeepAlive(this ListenOptions listen) => listen.Use(next => connection =>
    {
        try
        {
            connection.Features.Get<IConnectionSocketFeature>()?.Socket.KeepAlive();
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            // The peer is gone already.
        }

        return next(connection);
    });
}

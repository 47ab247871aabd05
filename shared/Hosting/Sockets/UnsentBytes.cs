using System.Buffers.Binary;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Realtime.Hosting.Sockets;

/// <summary>
/// Bounds what a socket takes before it has sent it. The kernel would take up to megabytes, and what is urgent would
/// wait behind them on a thin link. What is on the wire and not acknowledged does not count, so a long way is not made
/// slower.
/// </summary>
public static class UnsentBytes
{
    // TCP_NOTSENT_LOWAT of Linux (tcp(7)).
    private const int Tcp = 6;
    private const int NotSentLowWaterMark = 25;

    /// <summary>Has each connection of a listener bounded so. Elsewhere than on Linux nothing is changed.</summary>
    /// <param name="listen">The listener; before TLS is put on it.</param>
    /// <param name="bytes">Bytes that wait in the kernel, at most.</param>
    public static void UseUnsentLimit(this ListenOptions listen, int bytes) => listen.Use(next => connection =>
    {
        if (OperatingSystem.IsLinux() && connection.Features.Get<IConnectionSocketFeature>()?.Socket is { } socket)
        {
            Limit(socket, bytes);
        }

        return next(connection);
    });

    private static void Limit(Socket socket, int bytes)
    {
        Span<byte> value = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(value, bytes);
        try
        {
            socket.SetRawSocketOption(Tcp, NotSentLowWaterMark, value);
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // The peer is gone already; or the kernel knows no such option, and its own limit holds.
        }
    }
}

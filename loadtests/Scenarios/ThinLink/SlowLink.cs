using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Realtime.Loadtests.Scenarios.ThinLink;

/// <summary>
/// A link of one rate between one viewer and the edge: what comes from the edge is handed on in small pieces, each when
/// the link has carried the ones before. It holds next to nothing itself, so that all that waits waits in the system
/// under load.
/// </summary>
internal sealed class SlowLink : IAsyncDisposable
{
    private const int PieceBytes = 512;
    private const int SocketBytes = 4096;

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stopping = new();
    private readonly Uri _edge;
    private readonly int _bytesPerSecond;
    private readonly TimeProvider _time;
    private readonly Task _carrying;
    private long _carried;

    /// <summary>Opens it; it carries one connection.</summary>
    public SlowLink(Uri edge, int bytesPerSecond, TimeProvider time)
    {
        _edge = edge;
        _bytesPerSecond = bytesPerSecond;
        _time = time;
        _listener.Server.SendBufferSize = SocketBytes;
        _listener.Start();
        _carrying = CarryAsync(_stopping.Token);
    }

    /// <summary>Where the viewer connects.</summary>
    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Bytes that it carried to the viewer.</summary>
    public long Carried => Volatile.Read(ref _carried);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _listener.Dispose();
        await _carrying;
        _stopping.Dispose();
    }

    private async Task CarryAsync(CancellationToken stopping)
    {
        try
        {
            using Socket viewer = await _listener.AcceptSocketAsync(stopping);
            using var edge = new Socket(SocketType.Stream, ProtocolType.Tcp)
            {
                NoDelay = true,
                ReceiveBufferSize = SocketBytes,
            };
            viewer.NoDelay = true;
            await edge.ConnectAsync(_edge.Host, _edge.Port, stopping);
            await Task.WhenAny(
                CopyAsync(viewer, edge, 0, stopping), CopyAsync(edge, viewer, _bytesPerSecond, stopping));
        }
        catch (Exception ended) when (ended is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // One side is gone: so is the other.
        }
    }

    private async Task CopyAsync(Socket from, Socket to, int bytesPerSecond, CancellationToken stopping)
    {
        byte[] piece = new byte[PieceBytes];
        long freeAt = Stopwatch.GetTimestamp();
        while (await from.ReceiveAsync(piece, stopping) is int length and > 0)
        {
            await to.SendAsync(piece.AsMemory(0, length), stopping);
            if (bytesPerSecond == 0)
            {
                continue;
            }

            // By when it is through, not by how long it takes: timers are late, and that must not make the link slower.
            Interlocked.Add(ref _carried, length);
            freeAt = Math.Max(freeAt, Stopwatch.GetTimestamp() - (Stopwatch.Frequency / 20))
                + (length * Stopwatch.Frequency / bytesPerSecond);
            TimeSpan wait = Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), freeAt);
            if (wait > TimeSpan.Zero)
            {
                await Task.Delay(wait, _time, stopping);
            }
        }
    }
}

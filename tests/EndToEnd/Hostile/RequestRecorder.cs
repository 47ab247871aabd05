using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Realtime.Tests.EndToEnd.Hostile;

/// <summary>A TCP proxy between an edge and a worker that keeps, byte for byte, what the edge sent.</summary>
internal sealed class RequestRecorder : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stopping = new();
    private readonly ConcurrentQueue<MemoryStream> _streams = new();
    private readonly ConcurrentBag<Task> _carrying = [];
    private readonly int _target;
    private readonly Task _accepting;

    public RequestRecorder(int target)
    {
        _target = target;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>Where edges reach the worker.</summary>
    public string Address => $"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}";

    /// <summary>The requests but for probes, in whatever order; fails if any byte belongs to none.</summary>
    public IReadOnlyList<string> Requests()
    {
        List<string> requests = [];
        foreach (MemoryStream stream in _streams)
        {
            string text;
            lock (stream)
            {
                text = Encoding.Latin1.GetString(stream.ToArray());
            }

            requests.AddRange(RecordedRequests.Split(text));
        }

        return [.. requests.Where(request => !request.StartsWith("GET /readyz ", StringComparison.Ordinal))];
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _listener.Dispose();
        await _accepting;
        await Task.WhenAll(_carrying);
        _stopping.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                _carrying.Add(CarryAsync(await _listener.AcceptTcpClientAsync(_stopping.Token)));
            }
        }
        catch (Exception ended) when (ended is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // It is disposed of.
        }
    }

    private async Task CarryAsync(TcpClient edge)
    {
        using (edge)
        using (var worker = new TcpClient())
        {
            try
            {
                await worker.ConnectAsync(IPAddress.Loopback, _target, _stopping.Token);
                var record = new MemoryStream();
                _streams.Enqueue(record);
                await Task.WhenAny(
                    CopyAsync(edge.GetStream(), worker.GetStream(), record),
                    CopyAsync(worker.GetStream(), edge.GetStream(), record: null));
            }
            catch (Exception ended) when (ended is OperationCanceledException or SocketException or IOException)
            {
                // One side is gone.
            }
        }
    }

    private async Task CopyAsync(NetworkStream from, NetworkStream to, MemoryStream? record)
    {
        byte[] buffer = new byte[16 * 1024];
        try
        {
            int read;
            while ((read = await from.ReadAsync(buffer, _stopping.Token)) > 0)
            {
                if (record is not null)
                {
                    lock (record)
                    {
                        record.Write(buffer, 0, read);
                    }
                }

                await to.WriteAsync(buffer.AsMemory(0, read), _stopping.Token);
            }
        }
        catch (Exception ended) when (ended is OperationCanceledException or SocketException or IOException
            or ObjectDisposedException)
        {
            // One side is gone.
        }
    }
}

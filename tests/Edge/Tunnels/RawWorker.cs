using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;

namespace Realtime.Tests.Edge.Tunnels;

/// <summary>
/// A worker by raw sockets, ready when probed: says what no server would to those who ask for a tunnel.
/// </summary>
internal sealed class RawWorker : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stopping = new();
    private readonly Func<string, NetworkStream, CancellationToken, Task> _answerAsync;
    private readonly List<Task> _serving = [];
    private readonly Task _accepting;
    private int _asked;

    /// <summary>One that answers so to the head of a request, and then closes.</summary>
    public RawWorker(Func<string, NetworkStream, CancellationToken, Task> answerAsync)
    {
        _answerAsync = answerAsync;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>One that says this, and then closes.</summary>
    public RawWorker(string answer)
        : this((_, stream, stopping) => stream.WriteAsync(Encoding.Latin1.GetBytes(answer), stopping).AsTask())
    {
    }

    public (string Id, string Address) Named(string id) =>
        (id, $"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}");

    /// <summary>How often it was asked for something, probes aside.</summary>
    public int Asked => Volatile.Read(ref _asked);

    /// <summary>The head that opens the tunnel that this head asks for.</summary>
    public static string Opening(string head)
    {
        string key = head.Split("\r\n").Single(line => line.StartsWith("Sec-WebSocket-Key: ", StringComparison.Ordinal))
            ["Sec-WebSocket-Key: ".Length..];
#pragma warning disable CA5350 // RFC 6455 says so.
        string accept = Convert.ToBase64String(
            SHA1.HashData(Encoding.ASCII.GetBytes(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")));
#pragma warning restore CA5350
        return "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
            + $"Sec-WebSocket-Accept: {accept}\r\n\r\n";
    }

    public async ValueTask DisposeAsync()
    {
        if (_stopping.IsCancellationRequested)
        {
            return;
        }

        await _stopping.CancelAsync();
        _listener.Dispose();
        await _accepting;
        await Task.WhenAll(_serving);
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                _serving.Add(ServeAsync(await _listener.AcceptTcpClientAsync(_stopping.Token)));
            }
        }
        catch (Exception ended) when (ended is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // It is disposed of.
        }
    }

    private async Task ServeAsync(TcpClient edge)
    {
        using (edge)
        {
            try
            {
                NetworkStream stream = edge.GetStream();
                while (await ReadHeadAsync(stream) is { Length: > 0 } head)
                {
                    if (head.StartsWith("GET /ws/", StringComparison.Ordinal))
                    {
                        Interlocked.Increment(ref _asked);
                        await _answerAsync(head, stream, _stopping.Token);
                        return;
                    }

                    // Whatever an operator's word may be, it is taken too.
                    const string Ready = """{"status":"ready","reasons":[],"load":{"connections":0}}""";
                    await stream.WriteAsync(
                        Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Length: {Ready.Length}\r\n\r\n{Ready}"),
                        _stopping.Token);
                }
            }
            catch (Exception ended) when (ended is OperationCanceledException or IOException)
            {
                // The edge left, or it is disposed of.
            }
        }
    }

    private async Task<string> ReadHeadAsync(NetworkStream stream)
    {
        var head = new StringBuilder();
        byte[] one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal)
            && await stream.ReadAsync(one, _stopping.Token) > 0)
        {
            head.Append((char)one[0]);
        }

        return head.ToString();
    }
}

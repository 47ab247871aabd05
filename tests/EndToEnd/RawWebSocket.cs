using System.Buffers.Binary;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Realtime.Tests.EndToEnd;

/// <summary>A WebSocket by hand, over TLS: sends bytes that no client library would.</summary>
internal sealed class RawWebSocket : IAsyncDisposable
{
    private const int CloseOpcode = 8;

    private readonly TcpClient _tcp = new();
    private readonly CancellationTokenSource _patience = new(TimeSpan.FromSeconds(60), TimeProvider.System);
    private SslStream? _tls;

    public static async Task<RawWebSocket> OpenAsync(RealtimeSystem system, string pathAndQuery, string token)
    {
        var socket = new RawWebSocket();
        try
        {
            await socket.ConnectAsync(system.Edge(), system.Certificate, pathAndQuery, token);
            return socket;
        }
        catch
        {
            await socket.DisposeAsync();
            throw;
        }
    }

    public ValueTask SendAsync(ReadOnlyMemory<byte> bytes) => _tls!.WriteAsync(bytes, _patience.Token);

    /// <summary>Reads frames until the one that closes; returns its number.</summary>
    public async Task<int> ClosedAsync()
    {
        byte[] header = new byte[2];
        while (true)
        {
            await _tls!.ReadExactlyAsync(header, _patience.Token);
            byte[] payload = new byte[await ReadLengthAsync(header[1])];
            await _tls.ReadExactlyAsync(payload, _patience.Token);
            if ((header[0] & 0xf) == CloseOpcode)
            {
                return BinaryPrimitives.ReadUInt16BigEndian(payload);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_tls is not null)
        {
            await _tls.DisposeAsync();
        }

        _tcp.Dispose();
        _patience.Dispose();
    }

    private async Task ConnectAsync(Uri edge, X509Certificate2 trusted, string pathAndQuery, string token)
    {
        await _tcp.ConnectAsync(edge.Host, edge.Port, _patience.Token);
        _tls = new SslStream(_tcp.GetStream());
        await _tls.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions
            {
                TargetHost = edge.Host,
                RemoteCertificateValidationCallback = (_, shown, _, _) =>
                    shown?.GetCertHashString() == trusted.GetCertHashString(),
            },
            _patience.Token);
        string request = $"GET {pathAndQuery} HTTP/1.1\r\nHost: {edge.Authority}\r\nConnection: Upgrade\r\n"
            + "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
            + $"Authorization: Bearer {token}\r\n\r\n";
        await _tls.WriteAsync(Encoding.ASCII.GetBytes(request), _patience.Token);

        // Byte by byte: what follows the head is frames.
        var head = new StringBuilder();
        byte[] one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            await _tls.ReadExactlyAsync(one, _patience.Token);
            head.Append((char)one[0]);
        }

        Assert.StartsWith("HTTP/1.1 101 ", head.ToString(), StringComparison.Ordinal);
    }

    // RFC 6455, section 5.2; a server's frames are not masked.
    private async Task<long> ReadLengthAsync(byte second)
    {
        byte[] extended = new byte[second switch { 126 => 2, 127 => 8, _ => 0 }];
        await _tls!.ReadExactlyAsync(extended, _patience.Token);
        return extended.Length == 0 ? second : extended.Aggregate(0L, (length, next) => (length << 8) | next);
    }
}

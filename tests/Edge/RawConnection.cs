using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Realtime.Tests.Edge;

/// <summary>A TCP or TLS connection by hand: sends bytes that no client library would.</summary>
internal sealed class RawConnection : IAsyncDisposable
{
    private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly CancellationTokenSource _patience = new(TimeSpan.FromSeconds(30), TimeProvider.System);
    private Stream? _stream;

    /// <summary>Ends what waits too long.</summary>
    public CancellationToken Patience => _patience.Token;

    /// <summary>The bytes of the connection: plain, or within TLS.</summary>
    public Stream Stream => _stream!;

    /// <summary>What the server's TLS showed; null without TLS.</summary>
    public X509Certificate? Shown => (_stream as SslStream)?.RemoteCertificate;

    /// <summary>Connects, without TLS.</summary>
    public static async Task<RawConnection> ConnectAsync(Uri address, IPAddress? from = null)
    {
        var connection = new RawConnection();
        if (from is not null)
        {
            connection._socket.Bind(new IPEndPoint(from, 0));
        }

        try
        {
            await connection._socket.ConnectAsync(IPAddress.Loopback, address.Port, connection.Patience);
            connection._stream = new NetworkStream(connection._socket, ownsSocket: true);
        }
        catch (SocketException error) when (error.SocketErrorCode == SocketError.ConnectionReset)
        {
            // Accepted, and closed before we noticed.
            connection._stream = Stream.Null;
        }

        return connection;
    }

    /// <summary>Connects and shakes hands; whatever certificate is shown is taken, the caller looks at it.</summary>
    public static async Task<RawConnection> ConnectTlsAsync(
        Uri address, SslApplicationProtocol? protocol = null, X509Certificate2? certificate = null,
        SslProtocols versions = SslProtocols.None, IPAddress? from = null)
    {
        RawConnection connection = await ConnectAsync(address, from);
        try
        {
            await connection.ShakeHandsAsync(protocol, certificate, versions);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <summary>Shakes hands on a connection that has none yet.</summary>
    public async Task ShakeHandsAsync(
        SslApplicationProtocol? protocol = null, X509Certificate2? certificate = null,
        SslProtocols versions = SslProtocols.None)
    {
        var tls = new SslStream(Stream);
        _stream = tls;
        await tls.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions
            {
                TargetHost = "localhost",
                EnabledSslProtocols = versions,
                ApplicationProtocols = [protocol ?? SslApplicationProtocol.Http11],
                ClientCertificates = certificate is null ? null : [certificate],
                RemoteCertificateValidationCallback = (_, shown, _, _) => shown is not null,
                AllowTlsResume = false,
            },
            Patience);
    }

    /// <summary>Sends text as it stands, a byte for each character.</summary>
    public ValueTask SendAsync(string text) => Stream.WriteAsync(Encoding.Latin1.GetBytes(text), Patience);

    /// <summary>Reads the head of an answer and its body, if it says how long that is; "" at the end.</summary>
    public async Task<string> AnswerAsync()
    {
        string head = await HeadAsync();
        string? length = head.Split("\r\n").FirstOrDefault(
            line => line.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase));
        if (length is null)
        {
            return head;
        }

        byte[] body = new byte[int.Parse(length["Content-Length:".Length..], CultureInfo.InvariantCulture)];
        await Stream.ReadExactlyAsync(body, Patience);
        return head + Encoding.Latin1.GetString(body);
    }

    /// <summary>Everything up to the end of the connection, however it ends.</summary>
    public async Task<string> EverythingAsync()
    {
        using var all = new MemoryStream();
        byte[] buffer = new byte[16 * 1024];
        try
        {
            int read;
            while ((read = await Stream.ReadAsync(buffer, Patience)) > 0)
            {
                all.Write(buffer, 0, read);
            }
        }
        catch (IOException)
        {
            // Cut, not ended.
        }

        return Encoding.Latin1.GetString(all.ToArray());
    }

    public async ValueTask DisposeAsync()
    {
        if (_stream is not null)
        {
            await _stream.DisposeAsync();
        }

        _socket.Dispose();
        _patience.Dispose();
    }

    // Byte by byte: what follows the head is not ours.
    private async Task<string> HeadAsync()
    {
        var head = new StringBuilder();
        byte[] one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            if (await Stream.ReadAsync(one, Patience) == 0)
            {
                break;
            }

            head.Append((char)one[0]);
        }

        return head.ToString();
    }
}

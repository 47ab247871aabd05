using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Realtime.Edge.Forwarding.Tunnels;
using Realtime.Edge.Tls;

namespace Realtime.Tests.Edge.Tls;

/// <summary>
/// What hangs on how the framework is made inside: a version in which it is otherwise is to be noticed.
/// </summary>
public sealed class TlsBuffersTests
{
    [Fact]
    public void Both_can_be_had_with_this_framework()
    {
        Assert.True(TlsBuffers.IsSupported);
        Assert.True(InlineCompletions.IsSupported);
    }

    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public async Task A_connection_whose_buffers_are_released_goes_on_as_before(SslProtocols version)
    {
        using var authority = new TestCertificates();
        using X509Certificate2 certificate = authority.Server("localhost");
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var socket = new TcpClient();
        Task connecting = socket.ConnectAsync((IPEndPoint)listener.LocalEndpoint);
        using TcpClient accepted = await listener.AcceptTcpClientAsync();
        await connecting;
        await using var server = new SslStream(accepted.GetStream());
        await using var client = new SslStream(socket.GetStream(), false, (_, shown, _, _) => shown is not null);
        Task handshake = server.AuthenticateAsServerAsync(certificate, false, version, false);
        await client.AuthenticateAsClientAsync("localhost");
        await handshake;

        Assert.True(TlsBuffers.TryRelease(server));
        byte[] received = new byte[100_000];
        for (int round = 0; round < 3; round++)
        {
            byte[] sent = [.. Enumerable.Range(0, received.Length).Select(i => (byte)(i * (round + 3)))];
            Task writing = client.WriteAsync(sent).AsTask();
            await server.ReadExactlyAsync(received);
            await writing;
            Assert.Equal(sent, received);
            writing = server.WriteAsync(sent).AsTask();
            await client.ReadExactlyAsync(received);
            await writing;
            Assert.Equal(sent, received);
        }
    }

    [Fact]
    public async Task One_that_is_gone_is_left_alone()
    {
        var stream = new SslStream(new MemoryStream());
        Assert.False(TlsBuffers.TryRelease(stream));
        await stream.DisposeAsync();
        Assert.False(TlsBuffers.TryRelease(stream));
    }
}

using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Realtime.Tests.Support;

/// <summary>The network of the chaos suite does what it says.</summary>
public class TcpBalancerTests
{
    [Fact]
    public async Task Connections_go_to_all_in_turn_and_past_those_that_do_not_listen()
    {
        using TcpListener one = Listen();
        using TcpListener two = Listen();
        await using var balancer = new TcpBalancer(PortOf(one), PortOf(two));

        using TcpClient first = await ConnectAsync(balancer);
        using Socket atOne = await one.AcceptSocketAsync();
        using TcpClient second = await ConnectAsync(balancer);
        using Socket atTwo = await two.AcceptSocketAsync();
        one.Stop();
        using TcpClient third = await ConnectAsync(balancer);
        using Socket alsoAtTwo = await two.AcceptSocketAsync();

        await SendAsync(third, "hello");
        Assert.Equal("hello", await ReceiveAsync(alsoAtTwo));
    }

    [Fact]
    public async Task A_link_that_refuses_is_passed_over_and_a_cut_ends_its_connections()
    {
        using TcpListener one = Listen();
        using TcpListener two = Listen();
        await using var balancer = new TcpBalancer(PortOf(one), PortOf(two));
        balancer.Links[0].IsRefusing = true;
        using TcpClient client = await ConnectAsync(balancer);
        using Socket atTwo = await two.AcceptSocketAsync();
        await Eventually.TrueAsync("it is carried", () => balancer.Links[1].Connections == 1);

        balancer.Links[1].Cut();

        await Assert.ThrowsAsync<IOException>(
            async () => await client.GetStream().ReadExactlyAsync(new byte[1]).AsTask());
    }

    [Fact]
    public async Task What_is_held_travels_on_when_it_is_released()
    {
        using TcpListener server = Listen();
        await using var balancer = new TcpBalancer(PortOf(server));
        using TcpClient client = await ConnectAsync(balancer);
        using Socket peer = await server.AcceptSocketAsync();

        balancer.Links[0].Hold();
        await SendAsync(client, "held ");
        Task<string> received = ReceiveAsync(peer);
        using TcpClient late = await ConnectAsync(balancer);
        using Socket latePeer = await server.AcceptSocketAsync();
        await SendAsync(late, "late");
        Task<string> lateReceived = ReceiveAsync(latePeer);
        await Eventually.TrueAsync("both are carried", () => balancer.Links[0].Connections == 2);
        Assert.False(received.IsCompleted || lateReceived.IsCompleted);

        balancer.Links[0].Release();
        Assert.Equal("held ", await received);
        Assert.Equal("late", await lateReceived);
    }

    [Fact]
    public async Task What_is_half_open_carries_nothing_until_it_is_cut()
    {
        using TcpListener server = Listen();
        await using var balancer = new TcpBalancer(PortOf(server));
        using TcpClient old = await ConnectAsync(balancer);
        using Socket oldPeer = await server.AcceptSocketAsync();
        await SendAsync(old, "1");
        Assert.Equal("1", await ReceiveAsync(oldPeer));

        balancer.Links[0].HalfOpen();
        await SendAsync(old, "2");
        Task<string> swallowed = ReceiveAsync(oldPeer);
        using TcpClient client = await ConnectAsync(balancer);
        using Socket peer = await server.AcceptSocketAsync();
        await SendAsync(client, "3");
        Assert.Equal("3", await ReceiveAsync(peer));
        Assert.False(swallowed.IsCompleted);

        balancer.Links[0].CutHalfOpen();
        await Assert.ThrowsAsync<SocketException>(() => swallowed);
        await Eventually.TrueAsync("one is carried still", () => balancer.Links[0].Connections == 1);
    }

    private static TcpListener Listen()
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return listener;
    }

    private static int PortOf(TcpListener listener) => ((IPEndPoint)listener.LocalEndpoint).Port;

    private static async Task<TcpClient> ConnectAsync(TcpBalancer balancer)
    {
        var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, balancer.Port);
        return client;
    }

    private static Task SendAsync(TcpClient client, string text) =>
        client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(text)).AsTask();

    private static async Task<string> ReceiveAsync(Socket socket)
    {
        byte[] buffer = new byte[100];
        return Encoding.ASCII.GetString(buffer, 0, await socket.ReceiveAsync(buffer));
    }
}

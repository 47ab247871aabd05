using System.Buffers;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Realtime.Loadtests.Audiences;
using Realtime.Loadtests.Speech;
using Realtime.Loadtests.Steps;
using Realtime.Loadtests.Viewers;
using Realtime.Loadtests.Viewers.Plain;
using Realtime.Protocol.WebSockets;
using Realtime.Tests.Support;

namespace Realtime.Tests.Loadtests.Bench;

/// <summary>A viewer without TLS, against a server that says what the test wants.</summary>
public sealed class PlainViewerTests : IDisposable
{
    private static readonly byte[] Upgraded = "HTTP/1.1 101 Switching Protocols\r\n\r\n"u8.ToArray();
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Step _deliver = new("deliver");
    private readonly PlainViewer _viewer;
    private readonly Poller _poller;
    private readonly Socket _server;

    public PlainViewerTests()
    {
        _listener.Start();
        var plan = new EventPlan(7, 1);
        _viewer = new PlainViewer(
            Speeches.Of(SpeechKind.Realtime), plan, 0, new EventViewer(plan, 0, _deliver));
        byte[] buffer = new byte[4096];
        _poller = new Poller("test", (_, _) => _viewer.Read(buffer));
        int port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _viewer.Connect(new Uri($"http://127.0.0.1:{port}"), "GET / HTTP/1.1\r\n\r\n"u8);
        _poller.Watch(_viewer.Handle, 0);
        _server = _listener.AcceptSocket();
    }

    [Fact]
    public async Task Bytes_may_come_one_by_one()
    {
        foreach (byte one in (byte[])[.. Upgraded, .. Text("{\"op\":\"subscribed\"}"), .. Text(Event(0))])
        {
            _server.Send([one]);
        }

        await _viewer.WaitAsync(CancellationToken.None).WaitAsync(Patience);
        await Eventually.TrueAsync("the event is there", () => _deliver.Done == 1);
        Assert.Null(_viewer.End);
    }

    [Fact]
    public async Task A_message_in_parts_is_taken_whole_and_pings_between_them_are_answered()
    {
        _server.Send([.. Upgraded, .. Text("{\"op\":\"subscribed\"}")]);
        await _viewer.WaitAsync(CancellationToken.None).WaitAsync(Patience);
        byte[] whole = Encoding.UTF8.GetBytes(Event(0) + Event(1));
        byte[] first = Frame(WebSocketOpcode.Text, whole[..50]);
        first[0] &= 0x7f; // Not the last part.

        _server.Send(
        [
            .. first, .. Frame(WebSocketOpcode.Ping, [1]), .. Frame(WebSocketOpcode.Continuation, whole[50..]),
        ]);

        await Eventually.TrueAsync("both events are there", () => _deliver.Done == 2);
        byte[] request = new byte[1024];
        int length = _server.Receive(request);
        while (length < 18 + 7)
        {
            length += _server.Receive(request.AsSpan(length));
        }

        Assert.Equal(0x8a, request[length - 7]); // Pong, masked, one byte.
    }

    [Fact]
    public async Task Who_is_refused_says_why()
    {
        _server.Send("HTTP/1.1 503 Service Unavailable\r\n\r\nbusy"u8);

        ViewerException refused = await Assert.ThrowsAsync<ViewerException>(
            () => _viewer.WaitAsync(CancellationToken.None).WaitAsync(Patience));

        Assert.Contains("503 Service Unavailable", refused.Message);
        Assert.Contains("busy", _viewer.End);
    }

    [Fact]
    public async Task Who_is_cut_off_later_knows_that_too()
    {
        _server.Send([.. Upgraded, .. Text("{\"op\":\"subscribed\"}")]);
        await _viewer.WaitAsync(CancellationToken.None).WaitAsync(Patience);

        _server.Shutdown(SocketShutdown.Both);

        await Eventually.TrueAsync("it knows", () => _viewer.End is not null);
        Assert.Equal("cut off", _viewer.End);
    }

    public void Dispose()
    {
        _poller.Dispose();
        _viewer.Dispose();
        _server.Dispose();
        _listener.Dispose();
    }

    private static byte[] Text(string message) => Frame(WebSocketOpcode.Text, Encoding.UTF8.GetBytes(message));

    private static byte[] Frame(WebSocketOpcode opcode, byte[] payload)
    {
        var frame = new ArrayBufferWriter<byte>();
        WebSocketFrameWriter.Write(frame, opcode, payload);
        return frame.WrittenSpan.ToArray();
    }

    private static string Event(int sequence) => $$$"""{"op":"event","payload":{"stamp":"7.0.{{{sequence}}}.1"}}""";
}

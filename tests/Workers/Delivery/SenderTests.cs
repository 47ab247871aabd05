using System.IO.Pipelines;
using System.Text;
using Realtime.Hosting.Identity;
using Realtime.Protocol;
using Realtime.Protocol.Messages;
using Realtime.Protocol.WebSockets;
using Realtime.Workers.Connections;

namespace Realtime.Tests.Workers.Delivery;

/// <summary>The order in which a connection says its last things.</summary>
public sealed class SenderTests
{
    [Theory]
    [InlineData("drain")]
    [InlineData("error")]
    public async Task What_was_said_before_a_close_goes_before_it_whenever_the_loop_looks(string op)
    {
        await using var fixture = new DeliveryFixture();
        var pipe = new Pipe();
        OpenConnection? open = null;
        await using OpenConnection opened = fixture.Connections.Open(
            new Identity
            {
                Tenant = DeliveryFixture.Tenant,
                Subject = "viewer",
                Grants = Grants.Parse("read:*"),
                ExpiresAt = DateTimeOffset.MaxValue,
            },
            new HeartbeatFormat(() => SayGoodbye(open!.Connection)), TimeSpan.FromSeconds(20),
            pipe.Writer, CancellationToken.None);
        open = opened;

        // Between the loop's look at messages and its look at the close: the worst moment there is.
        opened.Connection.Outbox.PostHeartbeat();
        Assert.True(await opened.Sender.RunAsync());
        using var reader = new WebSocketMessageReader(
            pipe.Reader, new WebSocketReaderOptions { MessageBytesMax = 1024, PeerMasks = false });
        var seen = new List<string>();
        WebSocketRead read;
        do
        {
            read = await reader.ReadAsync(CancellationToken.None);
            seen.Add(read.Kind == WebSocketReadKind.Text
                ? Encoding.UTF8.GetString(read.Payload.Span)
                : read.Kind.ToString());
        }
        while (read.Kind != WebSocketReadKind.Close);

        Assert.Contains($"\"op\":\"{op}\"", seen[^2], StringComparison.Ordinal);
        Assert.Equal((int)CloseCode.ServiceRestart, read.CloseCode);

        void SayGoodbye(ClientConnection connection)
        {
            if (op == "drain")
            {
                connection.Drain(TimeSpan.FromSeconds(30), TimeSpan.FromMilliseconds(340));
                return;
            }

            connection.PostError(ErrorCodes.Draining, "It leaves.", op: null, id: null, retry: true);
            connection.Outbox.Close(CloseCode.ServiceRestart, string.Empty);
        }
    }
}

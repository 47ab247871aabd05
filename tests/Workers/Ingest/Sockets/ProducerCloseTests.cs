using System.Buffers;
using System.Text;
using Realtime.Hosting.Identity;
using Realtime.Log;
using Realtime.Protocol;
using Realtime.Workers.Connections;
using Realtime.Workers.Ingest.Sockets;

namespace Realtime.Tests.Workers.Ingest.Sockets;

/// <summary>What comes behind a close that is on its way out.</summary>
public sealed class ProducerCloseTests
{
    [Theory]
    [InlineData(CloseCode.BadMessage)]
    [InlineData(CloseCode.Unauthorized)]
    public async Task Behind_a_close_nothing_is_begun(CloseCode code)
    {
        await using RunningWorker worker = await RunningWorker.StartAsync();
        ProducerServices services = worker.Get<ProducerServices>();
        var identity = new Identity
        {
            Tenant = "acme",
            Subject = "someone",
            Grants = Grants.Parse(RunningWorker.Everything),
            ExpiresAt = DateTimeOffset.MaxValue,
        };
        await using var connection = new ProducerConnection(
            identity, Subprotocol.Json, services, new Pulse(services.Clock, TimeSpan.FromSeconds(20)), 4096,
            CancellationToken.None);
        Handle(connection, services, """{"op":"append","seq":1,"task":"before","data":"eA=="}""");
        connection.Outbox.Close(code, "for a test");

        // Without an offset: as nobody answers it, the producer would send it again, and it would be there twice.
        Handle(connection, services, """{"op":"append","seq":2,"task":"behind","data":"eA=="}""");

        Assert.NotNull(await services.Log.FindTerminalAsync(new TerminalKey("acme", "before"), CancellationToken.None));
        Assert.Null(await services.Log.FindTerminalAsync(new TerminalKey("acme", "behind"), CancellationToken.None));
    }

    private static void Handle(ProducerConnection connection, ProducerServices services, string message)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(1024);
        int length = Encoding.UTF8.GetBytes(message, buffer);
        Assert.True(services.Budget.TryTake(buffer.Length));
        var frame = new ProducerFrame(buffer, buffer.Length, services.Budget);
        connection.Handle(frame, length);
        frame.Release();
    }
}

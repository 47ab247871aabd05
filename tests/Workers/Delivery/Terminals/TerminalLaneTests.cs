using System.Buffers;
using System.IO.Pipelines;
using Realtime.Hosting.Identity;
using Realtime.Log;
using Realtime.Protocol.Messages;
using Realtime.Tests.Support;
using Realtime.Workers.Connections;
using Realtime.Workers.Delivery;

namespace Realtime.Tests.Workers.Delivery.Terminals;

/// <summary>The lane, stepped by hand.</summary>
public sealed class TerminalLaneTests
{
    [Fact]
    public async Task A_terminal_that_leaves_while_a_step_begins_gets_nothing_more()
    {
        await using var fixture = new DeliveryFixture();
        await fixture.Log.AppendTerminalAsync(
            new TerminalKey(DeliveryFixture.Tenant, "t1"), new TerminalAppend { Data = new byte[100_000] }, default);
        await using OpenConnection open = Open(fixture);
        foreach (string id in (string[])["a", "b"])
        {
            await open.Connection.HandleAsync(new ClientMessage.SubscribeTerminal(id, "t1", TerminalFrom.Start));
        }

        var output = new ArrayBufferWriter<byte>();
        await Eventually.TrueAsync("both have something to send", () =>
        {
            open.Lane.Step(output);
            return open.Lane.Flow.InFlight > 2048;
        });

        // Another one left, so a step has to look: it waits for the gate, and meanwhile the last one leaves.
        Thread step;
        int before;
        lock (open.Connection.Outbox.Gate)
        {
            Unsubscribe(open, "a");
            before = output.WrittenCount;
            step = new Thread(() => open.Lane.Step(output));
            step.Start();
            Assert.True(SpinWait.SpinUntil(
                () => step.ThreadState.HasFlag(ThreadState.WaitSleepJoin), TimeSpan.FromSeconds(10)));
            Unsubscribe(open, "b");
        }

        step.Join();
        Assert.Equal(before, output.WrittenCount);
        Assert.True(open.Lane.Flow.MaySend());
    }

    // Done when it returns, as nothing of it waits.
    private static void Unsubscribe(OpenConnection open, string id) =>
        Assert.True(open.Connection.HandleAsync(new ClientMessage.Unsubscribe(id)).IsCompletedSuccessfully);

    private static OpenConnection Open(DeliveryFixture fixture) => fixture.Connections.Open(
        new Identity
        {
            Tenant = DeliveryFixture.Tenant,
            Subject = "viewer",
            Grants = Grants.Parse("read:*"),
            ExpiresAt = DateTimeOffset.MaxValue,
        },
        WireFormats.MessagePackFrames, TimeSpan.FromSeconds(20), new Pipe().Writer, CancellationToken.None);
}

using Realtime.Log;
using Realtime.Protocol.Messages;
using Realtime.Workers.Delivery;

namespace Realtime.Tests.Workers.Delivery.Terminals;

/// <summary>A paused terminal keeps its place and sends nothing; credit is what was shown, and nothing less.</summary>
public sealed class TerminalPauseTests
{
    private static readonly TerminalKey Terminal = new(DeliveryFixture.Tenant, "t1");

    [Fact]
    public async Task Between_paused_and_resume_nothing_comes_and_then_it_goes_on_where_it_was()
    {
        await using var fixture = new DeliveryFixture();
        await AppendAsync(fixture, 100);
        await using var viewer = new TerminalViewer(fixture, WireFormats.JsonFrames);
        await viewer.SubscribeAsync("start");
        await viewer.ReadUntilAsync("all came", () => viewer.Bytes.Length == 100);
        await viewer.SendAsync(new ClientMessage.Pause("t"));
        await viewer.ReadUntilAsync("it is paused", () => viewer.Ops[^1] == "paused");

        await AppendAsync(fixture, 50);
        await using var other = new TerminalViewer(fixture, WireFormats.JsonFrames);
        await other.SubscribeAsync("start");
        await other.ReadUntilAsync("the other has all, so the worker does", () => other.Bytes.Length == 150);
        for (int n = 1; n <= 20; n++)
        {
            await viewer.SendAsync(new ClientMessage.Ping(null));
            await viewer.ReadUntilAsync("it answered", () => viewer.Ops.Count(op => op == "pong") == n);
        }

        Assert.Equal(100, viewer.Bytes.Length);
        await viewer.SendAsync(new ClientMessage.Resume("t"));
        await viewer.ReadUntilAsync("it went on", () => viewer.Bytes.Length == 150);
        Assert.Equal(["t", "t"], viewer.Begun);
    }

    [Fact]
    public async Task An_older_acknowledgement_than_before_takes_no_credit_away()
    {
        await using var fixture = new DeliveryFixture(new DeliveryOptions { TerminalWindowBytes = 8192 });
        await AppendAsync(fixture, 3 * 8192);
        await using var viewer = new TerminalViewer(fixture, WireFormats.MessagePackFrames);
        await viewer.SubscribeAsync("start");
        await viewer.ReadUntilAsync("a window came", () => viewer.Bytes.Length == 8192);

        await viewer.SendAsync(new ClientMessage.Ack("t", 8192));
        await viewer.SendAsync(new ClientMessage.Ack("t", 100));
        await viewer.ReadUntilAsync("another window came", () => viewer.Bytes.Length == 2 * 8192);

        Assert.Equal(2 * 8192, viewer.Bytes.Length);
    }

    private static Task<TerminalAppendResult> AppendAsync(DeliveryFixture fixture, int count) =>
        fixture.Log.AppendTerminalAsync(Terminal, new TerminalAppend { Data = new byte[count] }, default);
}

using Realtime.Log;
using Realtime.Tests.Support;
using Realtime.Tests.Workers.Delivery;
using Realtime.Tests.Workers.Delivery.Terminals;
using Realtime.Workers.Delivery;

namespace Realtime.Tests.Workers.Tail;

/// <summary>What nobody foresaw in a terminal's tail.</summary>
public sealed class TerminalTailFaultTests
{
    private static readonly TerminalKey Terminal = new(DeliveryFixture.Tenant, "t1");

    [Fact]
    public async Task A_fault_does_not_end_the_tail_and_its_viewers_get_what_follows()
    {
        int faults = 0;
        FaultyLog log = null!;
        await using var fixture = new DeliveryFixture(wrap: inner => log = new FaultyLog(inner));
        await AppendAsync(fixture, "before");
        await using var viewer = new TerminalViewer(fixture, WireFormats.JsonFrames);
        await viewer.SubscribeAsync("start");
        await viewer.ReadUntilAsync("it has what was there", () => viewer.Bytes.Length == 6);

        log.OnTerminal = () => Interlocked.Increment(ref faults) < 3
            ? new InvalidOperationException("A test broke it.")
            : null;
        log.AroundFindTerminal = find => Interlocked.Increment(ref faults) < 3
            ? throw new InvalidOperationException("A test broke it.")
            : find();
        await Eventually.TrueAsync("it met the fault twice", () => Volatile.Read(ref faults) >= 2);
        log.OnTerminal = () => null;
        await AppendAsync(fixture, "after");

        await viewer.ReadUntilAsync("it has what followed", () => viewer.Bytes.Length == 11);
    }

    private static Task<TerminalAppendResult> AppendAsync(DeliveryFixture fixture, string text) =>
        fixture.Log.AppendTerminalAsync(
            Terminal, new TerminalAppend { Data = System.Text.Encoding.UTF8.GetBytes(text) }, CancellationToken.None);
}

using Realtime.Log;
using Realtime.Tests.Support;
using Realtime.Workers.Delivery;
using Realtime.Workers.Tail;

namespace Realtime.Tests.Workers.Delivery.Terminals;

/// <summary>What cutting live output costs, however it was written.</summary>
public sealed class LiveCutTests
{
    private const int Chunk = 100;
    private const int Block = 32 * 1024;

    private static readonly TerminalKey Terminal = new(DeliveryFixture.Tenant, "t1");

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Short_batches_one_after_the_other_cost_no_read_each(bool resizes)
    {
        const int Chunks = 2000;
        var clock = new ManualClock();
        await using var fixture = new DeliveryFixture(
            new DeliveryOptions { BulkStartBytes = 1024 * 1024 }, clock: clock);
        using var counters = new Counters(fixture.Meters);
        await AppendAsync(fixture, TerminalSource.Stdout);
        await using var viewer = new TerminalViewer(fixture, WireFormats.MessagePackFrames);
        await viewer.SubscribeAsync("start");
        await viewer.ReadUntilAsync("the first batch came at once", () => viewer.Bytes.Length == Chunk);
        long before = counters["reads_total:live"];

        // Less than the 16 ms between two cuts pass: what comes is cut because 32 KiB of it wait, hundreds of short
        // batches.
        for (int i = 1; i < Chunks; i++)
        {
            await AppendAsync(fixture, resizes || i % 2 == 0 ? TerminalSource.Stdout : TerminalSource.Stderr);
            if (resizes)
            {
                await fixture.Log.ResizeTerminalAsync(
                    Terminal, new TerminalSize(80 + (i % 2), 24), CancellationToken.None);
            }
        }

        clock.Advance(TimeSpan.FromMilliseconds(8));
        await viewer.ReadUntilAsync(
            "less than 32 KiB wait", () => viewer.Bytes.Length > (Chunks * Chunk) - Block, viewer.AcknowledgeAsync);

        // 200 KB in reads of up to 64 KiB, begun whenever 32 KiB wait.
        Assert.InRange(counters["reads_total:live"] - before, 1, 20);
    }

    [Fact]
    public async Task A_crowd_gets_fewer_and_larger_batches()
    {
        var clock = new ManualClock();
        await using var fixture = new DeliveryFixture(
            new DeliveryOptions { BulkStartBytes = 1024 * 1024 }, clock: clock,
            terminals: new TerminalTailOptions { CrowdViewers = 2 });
        await AppendAsync(fixture, TerminalSource.Stdout);
        await using var viewer = new TerminalViewer(fixture, WireFormats.MessagePackFrames);
        await viewer.SubscribeAsync("start");
        await viewer.ReadUntilAsync("the first batch came", () => viewer.Bytes.Length == Chunk);
        await AppendAsync(fixture, TerminalSource.Stdout);
        clock.Advance(TimeSpan.FromMilliseconds(16));
        await viewer.ReadUntilAsync("alone it waits for 16 ms", () => viewer.Bytes.Length == 2 * Chunk);

        await using var other = new TerminalViewer(fixture, WireFormats.MessagePackFrames);
        await other.SubscribeAsync("tail:0");
        await other.ReadUntilAsync("it is subscribed", () => other.Position is not null);

        // Many turns: one that cuts too early might be too late to see less than both.
        const int Turns = 50;
        for (int turn = 1; turn <= Turns; turn++)
        {
            await AppendAsync(fixture, TerminalSource.Stdout);
            clock.Advance(TimeSpan.FromMilliseconds(16));
            await Task.Yield();
            await AppendAsync(fixture, TerminalSource.Stdout);
            clock.Advance(TimeSpan.FromMilliseconds(17));
            int length = 2 * Chunk * (1 + turn);
            await viewer.ReadUntilAsync(
                "two wait for 33 ms", () => viewer.Bytes.Length == length, viewer.AcknowledgeAsync);
        }

        Assert.Equal(
            [Chunk, Chunk, .. Enumerable.Repeat(2 * Chunk, Turns)], viewer.Pieces.Select(piece => piece.Length));
    }

    private static Task<TerminalAppendResult> AppendAsync(DeliveryFixture fixture, TerminalSource source) =>
        fixture.Log.AppendTerminalAsync(
            Terminal, new TerminalAppend { Data = new byte[Chunk], Source = source }, CancellationToken.None);
}

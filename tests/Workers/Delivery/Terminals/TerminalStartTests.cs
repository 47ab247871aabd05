using Realtime.Log;
using Realtime.Workers.Delivery;

namespace Realtime.Tests.Workers.Delivery.Terminals;

/// <summary>Where viewers begin while a terminal is being trimmed, or when they ask for what is not there.</summary>
public sealed class TerminalStartTests
{
    private static readonly TerminalKey Terminal = new(DeliveryFixture.Tenant, "t1");

    [Fact]
    public async Task From_the_start_of_a_full_busy_terminal_no_gap_is_told()
    {
        FaultyLog? log = null;
        await using var fixture = new DeliveryFixture(
            wrap: inner => log = new FaultyLog(inner),
            logOptions: new LogOptions { Terminal = new TerminalLogOptions { RetentionBytes = 65_536 } });
        await AppendAsync(fixture, 65_536);
        await using var first = new TerminalViewer(fixture, WireFormats.MessagePackFrames);
        await first.SubscribeAsync("tail:0");
        await first.ReadUntilAsync("its tail knows the bounds", () => first.Position is not null);

        // The next to ask finds the terminal, whose tail is known; then 32 KiB more come, and as many at its start are
        // gone.
        int asked = 0;
        log!.AroundFindTerminal = async findAsync =>
        {
            TerminalBounds? bounds = await findAsync();
            if (Interlocked.Increment(ref asked) == 1)
            {
                await AppendAsync(fixture, 32_768);
            }

            return bounds;
        };
        await using var viewer = new TerminalViewer(fixture, WireFormats.MessagePackFrames);
        await viewer.SubscribeAsync("start");
        await viewer.ReadUntilAsync(
            "all that is left came", () => viewer.Position is { Offset: 98_304 }, viewer.AcknowledgeAsync);
        Assert.DoesNotContain("gap", viewer.Ops);
        Assert.InRange(viewer.Bytes.Length, 1, 65_536);
    }

    [Fact]
    public async Task An_offset_ahead_of_the_end_is_told_as_a_gap_back_to_the_end()
    {
        await using var fixture = new DeliveryFixture();
        await AppendAsync(fixture, 1000);
        await using var viewer = new TerminalViewer(fixture, WireFormats.JsonFrames);
        await viewer.SubscribeAsync("5000");
        await viewer.ReadUntilAsync("it is told", () => viewer.Gaps.Count == 1);
        (string after, string resumesAt, string reason, bool isCounted) = viewer.Gaps[0];
        string epoch = viewer.Position!.Value.Epoch.ToString();
        Assert.Equal(($"5000.{epoch}", "epoch", false), (after, reason, isCounted));
        Assert.EndsWith($".{epoch}", resumesAt, StringComparison.Ordinal);
        Assert.InRange(viewer.Position.Value.Offset, 0, 1000);
    }

    private static Task<TerminalAppendResult> AppendAsync(DeliveryFixture fixture, int bytes) =>
        fixture.Log.AppendTerminalAsync(Terminal, new TerminalAppend { Data = new byte[bytes] }, default);
}

using Realtime.Log;
using Realtime.Tests.Support;

namespace Realtime.Tests.Log;

public abstract partial class PartitionedLogContract
{
    private const int Depth = 100_000;

    private static readonly LogOptions ShallowTerminals =
        Options with { Backpressure = new BackpressureOptions { TerminalDepthBytesMax = Depth } };

    [Fact]
    public async Task Without_a_live_reader_a_terminal_has_no_depth()
    {
        await using IPartitionedLog log = await CreateAsync(ShallowTerminals);

        TerminalAppendResult result = await AppendBytesAsync(log, 300_000);

        Assert.Equal(TerminalAppendStatus.Stored, result.Status);
        Assert.Equal(new Pressure(PressureState.Ok, 0, Depth), result.Pressure);
    }

    [Fact]
    public async Task Pressure_of_a_terminal_counts_bytes_from_ok_to_pause_to_refusal_and_back()
    {
        await using IPartitionedLog log = await CreateAsync(ShallowTerminals);
        TerminalAppendResult first = await AppendBytesAsync(log, 1000);
        Task ReportAsync(long offset) =>
            log.ReportTerminalReaderAsync(Terminal, "reader", new TerminalCursor(offset, first.Epoch), None);

        await ReportAsync(1000);
        TerminalAppendResult below = await AppendBytesAsync(log, 79_999);
        Assert.Equal(new Pressure(PressureState.Ok, 79_999, Depth), below.Pressure);

        TerminalAppendResult at = await AppendBytesAsync(log, 1);
        Assert.Equal(new Pressure(PressureState.Pause, 80_000, Depth), at.Pressure);

        // An append is taken whole or not at all: the last one goes beyond the limit.
        TerminalAppendResult over = await AppendBytesAsync(log, 30_000);
        Assert.Equal(
            (TerminalAppendStatus.Stored, new Pressure(PressureState.Pause, 110_000, Depth)),
            (over.Status, over.Pressure));
        TerminalAppendResult refused = await AppendBytesAsync(log, 1);
        Assert.Equal(
            new TerminalAppendResult(
                TerminalAppendStatus.Pressure, 111_000, first.Epoch, new Pressure(PressureState.Pause, 110_000, Depth)),
            refused);

        // What is there already is answered even now: it stores nothing, and shows the pressure.
        Task<TerminalAppendResult> AgainAsync() => log.AppendTerminalAsync(Terminal, Bytes("x", 0), None);
        TerminalAppendResult known = await AgainAsync();
        Assert.Equal((TerminalAppendStatus.Duplicate, PressureState.Pause), (known.Status, known.Pressure.State));

        await ReportAsync(61_000);
        Assert.Equal(new Pressure(PressureState.Pause, 50_000, Depth), (await AgainAsync()).Pressure);
        await ReportAsync(61_001);
        Assert.Equal(new Pressure(PressureState.Ok, 49_999, Depth), (await AgainAsync()).Pressure);
        TerminalAppendResult resumed = await AppendBytesAsync(log, 1);
        Assert.Equal(
            (TerminalAppendStatus.Stored, new Pressure(PressureState.Ok, 50_000, Depth)),
            (resumed.Status, resumed.Pressure));
    }

    [Theory]
    [InlineData(Depth - 1, TerminalAppendStatus.Stored)]
    [InlineData(Depth, TerminalAppendStatus.Pressure)]
    [InlineData(Depth + 1, TerminalAppendStatus.Pressure)]
    public async Task An_append_is_refused_from_the_limit_on_and_not_a_byte_before(
        int depth, TerminalAppendStatus expected)
    {
        await using IPartitionedLog log = await CreateAsync(ShallowTerminals);
        TerminalAppendResult first = await AppendBytesAsync(log, 1000);
        await log.ReportTerminalReaderAsync(Terminal, "reader", new TerminalCursor(1000, first.Epoch), None);
        TerminalAppendResult before = await AppendBytesAsync(log, depth);

        TerminalAppendResult result = await AppendBytesAsync(log, 1);

        int taken = expected == TerminalAppendStatus.Stored ? 1 : 0;
        Assert.Equal((TerminalAppendStatus.Stored, (long)depth), (before.Status, before.Pressure.Depth));
        Assert.Equal(
            new TerminalAppendResult(
                expected, 1000 + depth + taken, first.Epoch, new Pressure(PressureState.Pause, depth + taken, Depth))
            {
                StoredBytes = taken,
            },
            result);
    }

    [Fact]
    public async Task The_slowest_reader_of_a_terminal_counts_until_it_reports_no_more()
    {
        await using IPartitionedLog log = await CreateAsync(ShallowTerminals);
        TerminalAppendResult first = await AppendBytesAsync(log, 100_000);
        await log.ReportTerminalReaderAsync(Terminal, "slow", new TerminalCursor(10, first.Epoch), None);
        await log.ReportTerminalReaderAsync(Terminal, "fast", new TerminalCursor(100_000, first.Epoch), None);

        TerminalAppendResult slow = await AppendBytesAsync(log, 100);
        TerminalAppendResult refused = await AppendBytesAsync(log, 1);

        Assert.Equal(100_090, slow.Pressure.Depth);
        Assert.Equal(TerminalAppendStatus.Pressure, refused.Status);
        await Eventually.TrueAsync("the slow one no longer refuses appends", async () =>
        {
            Tick(TimeSpan.FromMilliseconds(500));
            return await AppendBytesAsync(log, 1) is
            { Status: TerminalAppendStatus.Stored, Pressure: { State: PressureState.Ok, Depth: 0 } };
        });
    }

    [Fact]
    public async Task A_report_of_another_life_counts_for_nothing()
    {
        await using IPartitionedLog log = await CreateAsync(ShallowTerminals);
        TerminalAppendResult old = await AppendBytesAsync(log, 10);
        await log.ReportTerminalReaderAsync(Terminal, "reader", new TerminalCursor(10, old.Epoch), None);

        TerminalAppendResult begun = await log.AppendTerminalAsync(
            Terminal, Bytes("new", 1_000_000, afterLoss: old.Epoch), None);
        await log.ReportTerminalReaderAsync(Terminal, "reader", new TerminalCursor(10, old.Epoch), None);
        TerminalAppendResult next = await AppendBytesAsync(log, 1);

        Assert.Equal((TerminalAppendStatus.Stored, 0L), (begun.Status, begun.Pressure.Depth));
        Assert.Equal((TerminalAppendStatus.Stored, 0L), (next.Status, next.Pressure.Depth));
    }

    [Fact]
    public async Task Readers_of_other_terminals_and_of_none_say_nothing()
    {
        await using IPartitionedLog log = await CreateAsync(ShallowTerminals);
        TerminalKey other = Terminal with { Task = "task-2" };
        await log.ReportTerminalReaderAsync(Terminal, "reader", default, None);
        await log.AppendTerminalAsync(other, Bytes("x"), None);
        await log.ReportTerminalReaderAsync(other, "reader", default, None);

        TerminalAppendResult result = await AppendBytesAsync(log, 300_000);

        Assert.Equal(0, result.Pressure.Depth);
        Assert.Null(await log.FindTerminalAsync(Terminal with { Task = "task-3" }, None));
    }

    [Fact]
    public async Task A_reader_may_not_be_behind_what_is_retained()
    {
        await using IPartitionedLog log = await CreateAsync(
            ShallowTerminals with { Terminal = new TerminalLogOptions { RetentionBytes = 1024 } });
        await AppendBytesAsync(log, 1);
        await log.ReportTerminalReaderAsync(Terminal, "reader", default, None);
        await AppendBytesAsync(log, 1023);

        TerminalAppendResult refused = await AppendBytesAsync(log, 1);

        Assert.Equal(
            (TerminalAppendStatus.Pressure, new Pressure(PressureState.Pause, 1024, 1024)),
            (refused.Status, refused.Pressure));
    }

    [Fact]
    public async Task With_backpressure_switched_off_no_terminal_is_refused()
    {
        await using IPartitionedLog log = await CreateAsync(ShallowTerminals with
        {
            Backpressure = ShallowTerminals.Backpressure with { Enabled = false },
        });
        await AppendBytesAsync(log, 1);
        await log.ReportTerminalReaderAsync(Terminal, "reader", default, None);
        await AppendBytesAsync(log, 200_000);

        TerminalAppendResult result = await AppendBytesAsync(log, 1);

        Assert.Equal(
            (TerminalAppendStatus.Stored, PressureState.Ok, 200_002L),
            (result.Status, result.Pressure.State, result.Pressure.Depth));
    }

    private Task<TerminalAppendResult> AppendBytesAsync(IPartitionedLog log, int count) =>
        log.AppendTerminalAsync(Terminal, new TerminalAppend { Data = new byte[count] }, None);

    [Fact]
    public async Task An_append_of_nothing_stores_nothing_and_tells_the_pressure()
    {
        await using IPartitionedLog log = await CreateAsync(ShallowTerminals);
        TerminalAppendResult first = await AppendBytesAsync(log, 90_000);
        await log.ReportTerminalReaderAsync(Terminal, "slow", new TerminalCursor(1, first.Epoch), None);

        TerminalAppendResult asked = await log.AppendTerminalAsync(
            Terminal, new TerminalAppend { Data = default }, None);
        Assert.Equal(
            new TerminalAppendResult(
                TerminalAppendStatus.Duplicate, 90_000, first.Epoch, new Pressure(PressureState.Pause, 89_999, Depth)),
            asked);
        TerminalRead? read = await log.ReadTerminalAsync(Terminal, default, 1_000_000, ReadLane.Bulk, None);
        Assert.Equal(90_000, read!.Chunks.Sum(chunk => chunk.Data.Length));

        await log.EndTerminalAsync(Terminal, 0, None);
        asked = await log.AppendTerminalAsync(Terminal, new TerminalAppend { Data = default }, None);
        Assert.Equal(TerminalAppendStatus.Ended, asked.Status);
    }
}

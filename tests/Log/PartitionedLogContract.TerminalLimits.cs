using Realtime.Log;
using Realtime.Protocol;
using Realtime.Protocol.Messages;

namespace Realtime.Tests.Log;

public abstract partial class PartitionedLogContract
{
    private const long EndMax = (1L << 53) - 1;
    private const long OffsetMax = EndMax - (1024 * 1024);

    [Fact]
    public async Task The_last_byte_that_a_terminal_can_have_is_exact_and_then_no_more_is_taken()
    {
        await using IPartitionedLog log = await CreateAsync(Options);
        Epoch first = (await log.AppendTerminalAsync(Terminal, Bytes("x"), None)).Epoch;
        byte[] data = new byte[1024 * 1024];
        new Random(5).NextBytes(data);

        TerminalAppendResult last = await log.AppendTerminalAsync(
            Terminal, new TerminalAppend { Data = data, Offset = OffsetMax, AfterLoss = first }, None);
        TerminalAppendResult again = await log.AppendTerminalAsync(
            Terminal, new TerminalAppend { Data = data, Offset = OffsetMax }, None);
        TerminalAppendResult more = await log.AppendTerminalAsync(Terminal, Bytes("y"), None);
        TerminalAppendResult once = await log.AppendTerminalAsync(Terminal, Bytes("z"), None);

        Assert.Equal((TerminalAppendStatus.Stored, EndMax), (last.Status, last.End));
        Assert.Equal((TerminalAppendStatus.Duplicate, EndMax), (again.Status, again.End));
        Assert.Equal(("OffsetsUsedUp", EndMax), (more.Status.ToString(), more.End));
        Assert.Equal(more, once);
        Assert.Equal(data[^1000..], await ReadTerminalBytesAsync(log, EndMax - 1000, 1000));
        await log.ResizeTerminalAsync(Terminal, new TerminalSize(80, 24), None);
        TerminalEndResult end = await log.EndTerminalAsync(Terminal, 0, None);
        Assert.Equal((TerminalEndStatus.Ended, EndMax), (end.Status, end.End));
    }

    [Theory]
    [InlineData(OffsetMax + 1)]
    [InlineData(long.MaxValue - (1024 * 1024))]
    [InlineData(long.MaxValue)]
    [InlineData(-1)]
    public async Task An_offset_beyond_the_limit_is_misuse_and_makes_no_terminal(long offset)
    {
        await using IPartitionedLog log = await CreateAsync(Options);

        await Assert.ThrowsAnyAsync<ArgumentException>(
            () => log.AppendTerminalAsync(Terminal, Bytes("x", offset), None));

        Assert.Null(await log.FindTerminalAsync(Terminal, None));
    }

    [Fact]
    public void What_a_message_may_name_is_what_the_log_takes() =>
        Assert.Equal(OffsetMax, ProducerMessageLimits.OffsetMax);

    [Fact]
    public async Task An_append_of_nothing_makes_no_terminal_and_takes_no_place()
    {
        await using IPartitionedLog log = await CreateAsync(
            Options with { Terminal = new TerminalLogOptions { RetainedPerTenantMax = 1 } });
        await log.AppendTerminalAsync(Terminal, Bytes("x"), None);
        await log.EndTerminalAsync(Terminal, 0, None);
        TerminalKey other = Terminal with { Task = "task-2" };

        TerminalAppendResult asked = await log.AppendTerminalAsync(other, new TerminalAppend { Data = default }, None);

        Assert.Equal((TerminalAppendStatus.Duplicate, 0L), (asked.Status, asked.End));
        Assert.Equal((PressureState.Ok, 0L), (asked.Pressure.State, asked.Pressure.Depth));
        Assert.Null(await log.FindTerminalAsync(other, None));
        Assert.NotNull(await log.FindTerminalAsync(Terminal, None));
    }

    [Fact]
    public async Task A_read_finds_its_resizes_however_many_come_behind_it()
    {
        const int Count = 200;
        await using IPartitionedLog log = await CreateAsync(Options);
        for (int i = 1; i <= Count; i++)
        {
            await log.AppendTerminalAsync(Terminal, Bytes("ab"), None);
            await log.ResizeTerminalAsync(Terminal, new TerminalSize(i, 24), None);
        }

        TerminalRead all = await ReadFromAsync(log, new TerminalCursor(0, default));
        TerminalRead some = await ReadFromAsync(log, new TerminalCursor(2 * 10, default), 2 * 50);

        Assert.Equal(
            Enumerable.Range(1, Count).Select(i => ((long)i * 2, i)),
            all.Chunks.Where(chunk => chunk.Record > 0).Select(chunk => (chunk.Offset, chunk.Size!.Value.Columns)));
        Assert.Equal(
            Enumerable.Range(10, 50).Select(i => ((long)i * 2, i)),
            some.Chunks.Where(chunk => chunk.Record > 0).Select(chunk => (chunk.Offset, chunk.Size!.Value.Columns)));
    }
}

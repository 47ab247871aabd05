using Realtime.Log;
using Realtime.Protocol;
using Realtime.Tests.Support;

namespace Realtime.Tests.Log;

public abstract partial class PartitionedLogContract
{
    private static readonly TerminalSize Small = new(80, 24);
    private static readonly TerminalSize Large = new(200, 50);

    [Fact]
    public async Task Resizes_stand_between_the_bytes_where_they_happened()
    {
        await using IPartitionedLog log = await CreateAsync(Options);

        TerminalResizeResult first = await log.ResizeTerminalAsync(Terminal, Small, None);
        await log.AppendTerminalAsync(Terminal, Bytes("abc"), None);
        await log.ResizeTerminalAsync(Terminal, Large, None);
        await log.AppendTerminalAsync(Terminal, Bytes("de"), None);
        TerminalResizeResult last = await log.ResizeTerminalAsync(Terminal, Small, None);
        TerminalRead read = await ReadFromAsync(log, new TerminalCursor(0, default));

        Assert.Equal((TerminalResizeStatus.Resized, 0L), (first.Status, first.End));
        Assert.Equal(new TerminalResizeResult(TerminalResizeStatus.Resized, 5, first.Epoch), last);
        Assert.Equal(["0 80x24 #1", "0 abc", "3 200x50 #1", "3 de", "5 80x24 #1"], Shown(read));
        Assert.All(read.Chunks, chunk => Assert.True(chunk.AppendedMs > 0));
        Assert.Equal(new TerminalBounds(first.Epoch, 0, 5, null, 1, Small), read.Bounds);
        Assert.Equal(read.Bounds, await log.FindTerminalAsync(Terminal, None));
    }

    [Theory]
    [InlineData(0, 0, "0 80x24 #1|0 abc|3 200x50 #2|3 de|5 90x30 #1", "80x24")]
    [InlineData(0, 1, "0 abc|3 200x50 #2|3 de|5 90x30 #1", "80x24")]
    [InlineData(1, 0, "1 bc|3 200x50 #2|3 de|5 90x30 #1", "80x24")]
    [InlineData(3, 0, "3 200x50 #2|3 de|5 90x30 #1", "200x50")]
    [InlineData(3, 1, "3 200x50 #2|3 de|5 90x30 #1", "200x50")]
    [InlineData(3, 2, "3 de|5 90x30 #1", "200x50")]
    [InlineData(5, 0, "5 90x30 #1", "90x30")]
    [InlineData(5, 1, "", "90x30")]
    public async Task A_position_tells_which_records_at_its_offset_are_still_to_come(
        long offset, int records, string expected, string size)
    {
        await using IPartitionedLog log = await CreateAsync(Options);
        await log.ResizeTerminalAsync(Terminal, Small, None);
        await log.AppendTerminalAsync(Terminal, Bytes("abc"), None);
        await log.ResizeTerminalAsync(Terminal, new TerminalSize(100, 40), None);
        await log.ResizeTerminalAsync(Terminal, Large, None);
        await log.AppendTerminalAsync(Terminal, Bytes("de"), None);
        await log.ResizeTerminalAsync(Terminal, new TerminalSize(90, 30), None);
        Epoch epoch = (await log.FindTerminalAsync(Terminal, None))!.Value.Epoch;

        TerminalCursor from = new(offset, epoch, records);
        TerminalRead read = await ReadFromAsync(log, from);

        Assert.Equal((ReadOutcome.Whole, from), (read.Outcome, read.Start));
        Assert.Equal(expected, string.Join('|', Shown(read)));
        Assert.Equal(size, $"{read.Size?.Columns}x{read.Size?.Rows}");
    }

    [Fact]
    public async Task Whoever_reads_on_behind_each_chunk_gets_everything_once_however_little_a_read_returns()
    {
        await using IPartitionedLog log = await CreateAsync(Options);
        Random random = new(5);
        List<string> written = [];
        long end = 0;
        for (int i = 0; i < 200; i++)
        {
            if (random.Next(3) == 0)
            {
                TerminalSize size = new(random.Next(1, 1001), random.Next(1, 1001));
                TerminalResizeResult resize = await log.ResizeTerminalAsync(Terminal, size, None);
                Assert.Equal((TerminalResizeStatus.Resized, end), (resize.Status, resize.End));

                // Of several at one place the newest is what is seen.
                int number = 1;
                if (written.Count > 0 && written[^1].StartsWith($"{end} ", StringComparison.Ordinal))
                {
                    number = int.Parse(written[^1].Split('#')[1], null) + 1;
                    written.RemoveAt(written.Count - 1);
                }

                written.Add($"{end} {size.Columns}x{size.Rows} #{number}");
            }
            else
            {
                string text = new((char)('a' + (i % 26)), random.Next(1, 50));
                await log.AppendTerminalAsync(Terminal, Bytes(text), None);
                written.Add($"{end} {text}");
                end += text.Length;
            }
        }

        List<string> seen = [];
        TerminalCursor at = new(0, default);
        while (true)
        {
            TerminalRead read = await ReadFromAsync(log, at, random.Next(1, 100));
            Assert.Equal((ReadOutcome.Whole, at.Offset), (read.Outcome, read.Start.Offset));
            seen.AddRange(Shown(read));
            Assert.True(seen.Count <= written.Count, $"{seen[^1]} was told, and {seen.Count - 1} pieces before it.");
            at = read.Chunks.Aggregate(read.Start, (position, chunk) => position.After(chunk));
            if (read.Chunks.Count == 0)
            {
                Assert.Equal((end, read.Bounds.Records), (at.Offset, at.Records));
                break;
            }
        }

        Assert.Equal(written, seen);
    }

    [Fact]
    public async Task The_same_size_again_changes_nothing()
    {
        await using IPartitionedLog log = await CreateAsync(Options);
        await log.AppendTerminalAsync(Terminal, Bytes("abc"), None);
        TerminalResizeResult first = await log.ResizeTerminalAsync(Terminal, Small, None);
        TerminalBounds? before = await log.FindTerminalAsync(Terminal, None);

        TerminalResizeResult again = await log.ResizeTerminalAsync(Terminal, Small, None);

        Assert.Equal(first with { Status = TerminalResizeStatus.Unchanged }, again);
        Assert.Equal(before, await log.FindTerminalAsync(Terminal, None));
    }

    [Fact]
    public async Task An_ended_terminal_keeps_its_size_and_its_end_is_no_record_to_wait_for()
    {
        await using IPartitionedLog log = await CreateAsync(Options);
        await log.AppendTerminalAsync(Terminal, Bytes("abc"), None);
        TerminalResizeResult resize = await log.ResizeTerminalAsync(Terminal, Small, None);
        await log.EndTerminalAsync(Terminal, 2, None);

        TerminalResizeResult late = await log.ResizeTerminalAsync(Terminal, Large, None);
        TerminalRead read = await ReadFromAsync(log, new TerminalCursor(0, resize.Epoch));

        Assert.Equal(new TerminalResizeResult(TerminalResizeStatus.Ended, 3, resize.Epoch), late);
        Assert.Equal(["0 abc", "3 80x24 #1"], Shown(read));
        Assert.Equal(new TerminalBounds(resize.Epoch, 0, 3, 2, 1, Small), read.Bounds);
        Assert.Equal(read.Bounds, await log.FindTerminalAsync(Terminal, None));
    }

    [Fact]
    public async Task A_terminal_without_a_resize_has_no_size()
    {
        await using IPartitionedLog log = await CreateAsync(Options);
        await log.AppendTerminalAsync(Terminal, Bytes("abc"), None);

        TerminalRead read = await ReadFromAsync(log, new TerminalCursor(0, default));

        Assert.Null(read.Size);
        Assert.Equal((0, (TerminalSize?)null), (read.Bounds.Records, read.Bounds.Size));
    }

    [Fact]
    public async Task What_is_trimmed_takes_its_resizes_along_but_not_the_size_that_the_rest_has()
    {
        await using IPartitionedLog log = await CreateAsync(ShortTerminals);
        byte[] piece = new byte[1000];
        for (int i = 1; i <= 200; i++)
        {
            await log.ResizeTerminalAsync(Terminal, new TerminalSize(i, 10), None);
            await log.AppendTerminalAsync(Terminal, new TerminalAppend { Data = piece }, None);
            await log.AppendTerminalAsync(Terminal, new TerminalAppend { Data = piece }, None);
        }

        TerminalBounds bounds = (await log.FindTerminalAsync(Terminal, None))!.Value;
        TerminalRead trimmed = await ReadFromAsync(log, new TerminalCursor(0, bounds.Epoch), 200_000);
        TerminalRead second = await ReadFromAsync(log, new TerminalCursor(bounds.Start + 1000, bounds.Epoch));

        Assert.Equal((ReadOutcome.Trimmed, bounds.Start), (trimmed.Outcome, trimmed.Start.Offset));
        Assert.Equal((int)(bounds.Start / 2000) + 1, trimmed.Size?.Columns);
        Assert.Equal((int)((bounds.Start + 1000) / 2000) + 1, second.Size?.Columns);
        Assert.All(trimmed.Chunks.Where(chunk => chunk.Record > 0), chunk =>
            Assert.Equal((int)(chunk.Offset / 2000) + 1, chunk.Size?.Columns));
        Assert.Equal((bounds.End - bounds.Start) / 1000, trimmed.Chunks.Count(chunk => chunk.Record == 0));
        Assert.InRange(trimmed.Chunks.Count(chunk => chunk.Record > 0), 32, 34);
    }

    [Fact]
    public async Task A_new_life_has_the_size_that_the_old_one_had_and_none_of_its_resizes()
    {
        await using IPartitionedLog log = await CreateAsync(Options);
        await log.ResizeTerminalAsync(Terminal, Large, None);
        await log.AppendTerminalAsync(Terminal, Bytes("old"), None);
        TerminalResizeResult resize = await log.ResizeTerminalAsync(Terminal, Small, None);
        TerminalAppendResult begun =
            await log.AppendTerminalAsync(Terminal, Bytes("new", 100, afterLoss: resize.Epoch), None);

        TerminalRead read = await ReadFromAsync(log, new TerminalCursor(0, resize.Epoch));

        Assert.Equal((ReadOutcome.OtherEpoch, new TerminalCursor(100, begun.Epoch)), (read.Outcome, read.Start));
        Assert.Equal(["100 new"], Shown(read));
        Assert.Equal(Small, read.Size);
        Assert.Equal(new TerminalBounds(begun.Epoch, 100, 103, null, 0, Small), read.Bounds);
    }

    [Fact]
    public async Task Resizes_are_bounded_and_the_oldest_and_the_newest_are_what_stays()
    {
        await using IPartitionedLog log = await CreateAsync(Options);
        const int Most = LogLimits.TerminalSizesMax;
        const int More = Most + 100;

        // One after the other: of several at one offset only the newest would be kept in any case.
        for (int i = 0; i < More; i++)
        {
            await log.ResizeTerminalAsync(Terminal, new TerminalSize(1 + (i % 1000), 1 + (i / 1000)), None);
            await log.AppendTerminalAsync(Terminal, Bytes("x"), None);
        }

        List<TerminalChunk> records = [];
        TerminalCursor at = new(0, default);
        TerminalRead read;
        do
        {
            read = await ReadFromAsync(log, at);
            records.AddRange(read.Chunks.Where(chunk => chunk.Record > 0));
            Assert.True(records.Count <= Most, $"{records.Count} resizes are kept.");
            at = read.Chunks.Aggregate(read.Start, (position, chunk) => position.After(chunk));
            Assert.True(at.Offset <= More, $"Reading came to {at.Offset} of {More} bytes.");
        }
        while (read.Chunks.Count > 0);

        Assert.Equal(More, at.Offset);
        Assert.Equal(
            Enumerable.Range(More - Most + 1, Most - 1).Prepend(0)
                .Select(i => ((long)i, 1 + (i % 1000), 1 + (i / 1000))),
            records.Select(record => (record.Offset, record.Size!.Value.Columns, record.Size.Value.Rows)));
        Assert.Equal(read.Bounds.Size, records[^1].Size);
    }

    [Theory]
    [InlineData(0, 24)]
    [InlineData(80, 0)]
    [InlineData(1001, 24)]
    [InlineData(80, 1001)]
    [InlineData(-1, -1)]
    public async Task A_size_beyond_the_limits_is_misuse(int columns, int rows)
    {
        await using IPartitionedLog log = await CreateAsync(Options);

        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(
            () => log.ResizeTerminalAsync(Terminal, new TerminalSize(columns, rows), None));
        Assert.Null(await log.FindTerminalAsync(Terminal, None));
    }

    [Fact]
    public async Task The_bell_of_a_terminal_rings_for_a_resize()
    {
        await using IPartitionedLog log = await CreateAsync(Options);
        await log.AppendTerminalAsync(Terminal, Bytes("x"), None);
        int rung = 0;
        await using IAsyncDisposable listening =
            await log.ListenTerminalAsync(Terminal, () => Interlocked.Increment(ref rung), None);
        int before = Volatile.Read(ref rung);

        await log.ResizeTerminalAsync(Terminal, Small, None);

        await Eventually.TrueAsync("the bell rings for a resize", () => Volatile.Read(ref rung) > before);
    }

    private async Task<TerminalRead> ReadFromAsync(IPartitionedLog log, TerminalCursor at, int bytesMax = 10_000) =>
        (await log.ReadTerminalAsync(Terminal, at, bytesMax, ReadLane.Bulk, None))!;

    private static string[] Shown(TerminalRead read) =>
        [.. read.Chunks.Select(chunk => chunk.Size is { } size
            ? $"{chunk.Offset} {size.Columns}x{size.Rows} #{chunk.Record}"
            : $"{chunk.Offset} {Text(chunk.Data)}")];
}

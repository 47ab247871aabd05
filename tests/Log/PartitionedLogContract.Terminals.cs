using System.Text;
using Realtime.Log;
using Realtime.Protocol;
using Realtime.Tests.Support;

namespace Realtime.Tests.Log;

public abstract partial class PartitionedLogContract
{
    private static readonly LogOptions ShortTerminals =
        Options with { Terminal = new TerminalLogOptions { RetentionBytes = 64 * 1024 } };

    private static TerminalAppend Bytes(
        string text, long? offset = null, TerminalSource source = TerminalSource.Stdout, Epoch? afterLoss = null) =>
        new() { Data = Encoding.UTF8.GetBytes(text), Offset = offset, Source = source, AfterLoss = afterLoss };

    [Fact]
    public async Task An_unknown_terminal_is_null()
    {
        await using IPartitionedLog log = await CreateAsync(Options);

        Assert.Null(await log.FindTerminalAsync(Terminal, None));
        Assert.Null(await log.ReadTerminalAsync(Terminal, new TerminalCursor(0, default), 100, ReadLane.Bulk, None));
    }

    [Fact]
    public async Task Bytes_of_random_sizes_come_back_exactly_from_every_offset()
    {
        await using IPartitionedLog log = await CreateAsync(Options);
        Random random = new(7);
        List<byte> written = [];
        foreach (int size in (int[])[1, 2, 31, 32_767, 32_768, 32_769, 200_000, .. Sizes(random, 40)])
        {
            byte[] data = new byte[size];
            random.NextBytes(data);
            TerminalAppendResult result =
                await log.AppendTerminalAsync(Terminal, new TerminalAppend { Data = data }, None);
            written.AddRange(data);
            Assert.Equal((TerminalAppendStatus.Stored, (long)written.Count), (result.Status, result.End));
        }

        byte[] all = [.. written];
        Assert.Equal(all, await ReadTerminalBytesAsync(log, 0, 100_000));
        foreach (int offset in (int[])[1, 2, 33, 34, 32_801, all.Length - 1, all.Length, .. Sizes(random, 10)])
        {
            Assert.Equal(all[offset..], await ReadTerminalBytesAsync(log, offset, random.Next(1, 300_000)));
        }
    }

    private static int[] Sizes(Random random, int count) =>
        [.. Enumerable.Range(0, count).Select(_ => random.Next(1, 3000))];

    [Fact]
    public async Task A_read_of_a_terminal_stops_at_its_limit_but_returns_at_least_a_piece()
    {
        await using IPartitionedLog log = await CreateAsync(Options);
        for (int i = 0; i < 10; i++)
        {
            await log.AppendTerminalAsync(Terminal, Bytes(new string((char)('a' + i), 100)), None);
        }

        async Task<int> ReadAsync(int offset, int bytesMax) =>
            (await log.ReadTerminalAsync(Terminal, new TerminalCursor(offset, default), bytesMax, ReadLane.Bulk, None))!
                .Chunks.Sum(c => c.Data.Length);

        Assert.InRange(await ReadAsync(0, 250), 200, 250);
        Assert.InRange(await ReadAsync(0, 1), 1, 100);
        Assert.InRange(await ReadAsync(950, 1), 1, 50);
        Assert.Equal(0, await ReadAsync(1000, 100));
    }

    [Fact]
    public async Task Sources_are_told_apart()
    {
        await using IPartitionedLog log = await CreateAsync(Options);
        await log.AppendTerminalAsync(Terminal, Bytes("out1"), None);
        await log.AppendTerminalAsync(Terminal, Bytes("err", source: TerminalSource.Stderr), None);
        await log.AppendTerminalAsync(Terminal, Bytes("out2"), None);

        TerminalRead read =
            (await log.ReadTerminalAsync(Terminal, new TerminalCursor(0, default), 1000, ReadLane.Live, None))!;

        Assert.Equal("err", Text(read.Chunks.Single(c => c.Source == TerminalSource.Stderr).Data));
        Assert.Equal(4, read.Chunks.Single(c => c.Source == TerminalSource.Stderr).Offset);
        Assert.All(read.Chunks, c => Assert.True(c.AppendedMs > 0));
    }

    [Fact]
    public async Task A_retry_with_its_offset_adds_only_what_is_new()
    {
        await using IPartitionedLog log = await CreateAsync(Options);
        await log.AppendTerminalAsync(Terminal, Bytes("hello ", 0), None);

        TerminalAppendResult same = await log.AppendTerminalAsync(Terminal, Bytes("hello ", 0), None);
        TerminalAppendResult within = await log.AppendTerminalAsync(Terminal, Bytes("ell", 1), None);
        TerminalAppendResult over = await log.AppendTerminalAsync(Terminal, Bytes("lo world", 3), None);

        Assert.Equal((TerminalAppendStatus.Duplicate, 6L), (same.Status, same.End));
        Assert.Equal((TerminalAppendStatus.Duplicate, 6L), (within.Status, within.End));
        Assert.Equal((TerminalAppendStatus.Stored, 11L), (over.Status, over.End));
        Assert.Equal("hello world", await ReadTerminalTextAsync(log));
    }

    [Fact]
    public async Task A_hole_is_refused_and_says_what_is_expected()
    {
        await using IPartitionedLog log = await CreateAsync(Options);
        TerminalAppendResult first = await log.AppendTerminalAsync(Terminal, Bytes("abc", 0), None);

        TerminalAppendResult hole = await log.AppendTerminalAsync(Terminal, Bytes("z", 4), None);

        Assert.Equal((TerminalAppendStatus.Hole, 3L, first.Epoch), (hole.Status, hole.End, hole.Epoch));
        Assert.Equal("abc", await ReadTerminalTextAsync(log));
    }

    [Fact]
    public async Task Concurrent_appends_without_offset_are_all_there_whole()
    {
        await using IPartitionedLog log = await CreateAsync(Options);

        await Task.WhenAll(Enumerable.Range(0, 8).Select(a => Task.Run(async () =>
        {
            for (int i = 0; i < 20; i++)
            {
                await log.AppendTerminalAsync(Terminal, Bytes($"<{a}.{i}>"), None);
            }
        })));

        string[] parts = (await ReadTerminalTextAsync(log)).Split('>', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(160, parts.Distinct().Count());
        Assert.All(parts, p => Assert.StartsWith("<", p));
    }

    [Fact]
    public async Task Of_a_long_terminal_the_newest_bytes_are_kept_and_the_rest_is_told_exactly()
    {
        await using IPartitionedLog log = await CreateAsync(ShortTerminals);
        byte[] all = new byte[2 * 1024 * 1024];
        new Random(3).NextBytes(all);
        for (int i = 0; i < all.Length; i += 4096)
        {
            await log.AppendTerminalAsync(Terminal, new TerminalAppend { Data = all.AsMemory(i, 4096) }, None);
        }

        TerminalBounds bounds = (await log.FindTerminalAsync(Terminal, None))!.Value;
        TerminalRead trimmed =
            (await log.ReadTerminalAsync(Terminal, new TerminalCursor(5, bounds.Epoch), 4096, ReadLane.Bulk, None))!;

        Assert.Equal(all.Length, bounds.End);
        Assert.Equal(all.Length - (64 * 1024), bounds.Start);
        Assert.Equal(ReadOutcome.Trimmed, trimmed.Outcome);
        Assert.Equal(new TerminalCursor(bounds.Start, bounds.Epoch), trimmed.Start);
        Assert.Equal(bounds.Start, trimmed.Chunks[0].Offset);
        Assert.Equal(all[(int)bounds.Start..], await ReadTerminalBytesAsync(log, bounds.Start, 100_000));
    }

    [Theory]
    [InlineData(1023, 0)]
    [InlineData(1024, 100)]
    [InlineData(1025, 100)]
    public async Task A_chunk_is_trimmed_as_soon_as_enough_is_kept_without_it(int more, long start)
    {
        await using IPartitionedLog log = await CreateAsync(
            Options with { Terminal = new TerminalLogOptions { RetentionBytes = 1024 } });
        await log.AppendTerminalAsync(Terminal, new TerminalAppend { Data = new byte[100] }, None);

        TerminalAppendResult append =
            await log.AppendTerminalAsync(Terminal, new TerminalAppend { Data = new byte[more] }, None);

        Assert.Equal(
            new TerminalBounds(append.Epoch, start, 100 + more, null), await log.FindTerminalAsync(Terminal, None));
    }

    [Fact]
    public async Task A_terminal_cursor_ahead_of_the_end_is_not_there()
    {
        await using IPartitionedLog log = await CreateAsync(Options);
        TerminalAppendResult append = await log.AppendTerminalAsync(Terminal, Bytes("abc"), None);

        TerminalRead read =
            (await log.ReadTerminalAsync(Terminal, new TerminalCursor(4, append.Epoch), 100, ReadLane.Live, None))!;

        Assert.Equal(ReadOutcome.NotThere, read.Outcome);
        Assert.Equal(new TerminalCursor(3, append.Epoch), read.Start);
        Assert.Empty(read.Chunks);
    }

    [Fact]
    public async Task A_terminal_cursor_of_another_epoch_goes_on_at_the_first_byte()
    {
        await using IPartitionedLog log = await CreateAsync(Options);
        TerminalAppendResult append = await log.AppendTerminalAsync(Terminal, Bytes("abc"), None);
        TerminalCursor other = new(2, OtherThan(append.Epoch));

        TerminalRead read = (await log.ReadTerminalAsync(Terminal, other, 100, ReadLane.Live, None))!;

        Assert.Equal(ReadOutcome.OtherEpoch, read.Outcome);
        Assert.Equal(new TerminalCursor(0, append.Epoch), read.Start);
        Assert.Equal("abc", Text(Assert.Single(read.Chunks).Data));
    }

    [Fact]
    public async Task The_bell_of_a_terminal_rings_for_bytes_and_for_its_end_even_before_it_exists()
    {
        await using IPartitionedLog log = await CreateAsync(Options);
        int rung = 0;
        await using IAsyncDisposable listening =
            await log.ListenTerminalAsync(Terminal, () => Interlocked.Increment(ref rung), None);

        await log.AppendTerminalAsync(Terminal, Bytes("x"), None);
        await Eventually.TrueAsync("the bell rings for bytes", () => Volatile.Read(ref rung) > 0);
        int before = Volatile.Read(ref rung);
        await log.EndTerminalAsync(Terminal, 0, None);
        await Eventually.TrueAsync("the bell rings for the end", () => Volatile.Read(ref rung) > before);
    }

    [Fact]
    public async Task Terminals_of_other_tenants_and_tasks_are_others()
    {
        await using IPartitionedLog log = await CreateAsync(Options);
        await log.AppendTerminalAsync(Terminal, Bytes("mine"), None);

        Assert.Null(await log.FindTerminalAsync(Terminal with { Tenant = Terminal.Tenant + "x" }, None));
        Assert.Null(await log.FindTerminalAsync(Terminal with { Task = "task-2" }, None));
    }

    private async Task<byte[]> ReadTerminalBytesAsync(IPartitionedLog log, long offset, int bytesMax)
    {
        TerminalCursor at = new(offset, default);
        List<byte> bytes = [];
        while (true)
        {
            TerminalRead read = (await log.ReadTerminalAsync(Terminal, at, bytesMax, ReadLane.Bulk, None))!;
            Assert.Equal(ReadOutcome.Whole, read.Outcome);
            Assert.Equal(at.Offset, read.Start.Offset);
            foreach (TerminalChunk chunk in read.Chunks)
            {
                Assert.Equal(at.Offset, chunk.Offset);
                Assert.InRange(chunk.Data.Length, 1, LogLimits.TerminalChunkBytesMax);
                bytes.AddRange(chunk.Data.Span);
                at = new TerminalCursor(at.Offset + chunk.Data.Length, read.Bounds.Epoch);
            }

            Assert.True(at.Offset <= read.Bounds.End, $"Reading came to {at.Offset} of {read.Bounds.End} bytes.");
            if (read.Chunks.Count == 0)
            {
                Assert.Equal(read.Bounds.End, at.Offset);
                return [.. bytes];
            }
        }
    }

    private async Task<string> ReadTerminalTextAsync(IPartitionedLog log) =>
        Encoding.UTF8.GetString(await ReadTerminalBytesAsync(log, 0, 100_000));
}

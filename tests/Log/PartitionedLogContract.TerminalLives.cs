using System.Text;
using Realtime.Log;

namespace Realtime.Tests.Log;

public abstract partial class PartitionedLogContract
{
    [Fact]
    public async Task After_its_end_a_terminal_refuses_bytes_and_keeps_its_first_exit_code()
    {
        await using IPartitionedLog log = await CreateAsync(Options);
        TerminalAppendResult append = await log.AppendTerminalAsync(Terminal, Bytes("done"), None);

        TerminalEndResult end = await log.EndTerminalAsync(Terminal, 3, None);
        TerminalEndResult same = await log.EndTerminalAsync(Terminal, 3, None);
        TerminalEndResult other = await log.EndTerminalAsync(Terminal, 4, None);
        TerminalAppendResult late = await log.AppendTerminalAsync(Terminal, Bytes("late"), None);

        Assert.Equal(new TerminalEndResult(TerminalEndStatus.Ended, 3, 4, append.Epoch), end);
        Assert.Equal(end with { Status = TerminalEndStatus.EndedBefore }, same);
        Assert.Equal(end with { Status = TerminalEndStatus.EndedBefore }, other);
        Assert.Equal((TerminalAppendStatus.Ended, 4L), (late.Status, late.End));
        Assert.Equal(new TerminalBounds(append.Epoch, 0, 4, 3), await log.FindTerminalAsync(Terminal, None));
        Assert.Equal("done", await ReadTerminalTextAsync(log));
    }

    [Fact]
    public async Task Ending_a_terminal_without_output_makes_it()
    {
        await using IPartitionedLog log = await CreateAsync(Options);

        TerminalEndResult end = await log.EndTerminalAsync(Terminal, 0, None);

        Assert.Equal((TerminalEndStatus.Ended, 0L), (end.Status, end.End));
        Assert.Equal(new TerminalBounds(end.Epoch, 0, 0, 0), await log.FindTerminalAsync(Terminal, None));
    }

    [Fact]
    public async Task After_a_loss_a_new_life_begins_at_the_producers_offset()
    {
        await using IPartitionedLog log = await CreateAsync(Options);

        // The producer has written 100 bytes that the log doesn't know (any more).
        TerminalAppendResult hole = await log.AppendTerminalAsync(Terminal, Bytes("new", 100), None);
        TerminalAppendResult wrong = await log.AppendTerminalAsync(
            Terminal, Bytes("new", 100, afterLoss: OtherThan(hole.Epoch)), None);
        TerminalAppendResult begun =
            await log.AppendTerminalAsync(Terminal, Bytes("new", 100, afterLoss: hole.Epoch), None);
        TerminalAppendResult again =
            await log.AppendTerminalAsync(Terminal, Bytes("new", 100, afterLoss: hole.Epoch), None);
        await log.AppendTerminalAsync(Terminal, Bytes("er", 103), None);

        Assert.Equal((TerminalAppendStatus.Hole, 0L), (hole.Status, hole.End));
        Assert.Equal((TerminalAppendStatus.OtherEpoch, hole.Epoch), (wrong.Status, wrong.Epoch));
        Assert.Equal((TerminalAppendStatus.Stored, 103L), (begun.Status, begun.End));
        Assert.NotEqual(hole.Epoch, begun.Epoch);
        Assert.Equal((TerminalAppendStatus.OtherEpoch, 103L, begun.Epoch), (again.Status, again.End, again.Epoch));
        Assert.Equal(new TerminalBounds(begun.Epoch, 100, 105, null), await log.FindTerminalAsync(Terminal, None));
        Assert.Equal("newer", Encoding.UTF8.GetString(await ReadTerminalBytesAsync(log, 100, 100)));
    }

    [Fact]
    public async Task A_new_life_drops_the_old_bytes_and_viewers_are_told()
    {
        await using IPartitionedLog log = await CreateAsync(Options);
        TerminalAppendResult old = await log.AppendTerminalAsync(Terminal, Bytes("old bytes"), None);
        TerminalAppendResult begun =
            await log.AppendTerminalAsync(Terminal, Bytes("new", 4, afterLoss: old.Epoch), None);

        TerminalRead read =
            (await log.ReadTerminalAsync(Terminal, new TerminalCursor(9, old.Epoch), 100, ReadLane.Live, None))!;

        Assert.Equal(ReadOutcome.OtherEpoch, read.Outcome);
        Assert.Equal(new TerminalCursor(4, begun.Epoch), read.Start);
        Assert.Equal(new TerminalBounds(begun.Epoch, 4, 7, null), read.Bounds);
        Assert.Equal("new", Text(Assert.Single(read.Chunks).Data));
    }

    [Fact]
    public async Task Who_comes_after_the_end_gets_everything_retained_each_source_and_the_end()
    {
        await using IPartitionedLog log = await CreateAsync(ShortTerminals);
        Random random = new(9);
        List<(TerminalSource Source, byte[] Data)> written = [];
        for (int i = 0; i < 100; i++)
        {
            byte[] data = new byte[random.Next(1, 3000)];
            random.NextBytes(data);
            var source = (TerminalSource)random.Next(2);
            await log.AppendTerminalAsync(Terminal, new TerminalAppend { Data = data, Source = source }, None);
            written.Add((source, data));
        }

        TerminalEndResult end = await log.EndTerminalAsync(Terminal, 7, None);
        TerminalBounds bounds = (await log.FindTerminalAsync(Terminal, None))!.Value;
        List<TerminalChunk> chunks = [];
        TerminalCursor at = new(bounds.Start, end.Epoch);
        while (at.Offset < bounds.End)
        {
            TerminalRead read = await ReadFromAsync(log, at, random.Next(1, 20_000));
            Assert.Equal((ReadOutcome.Whole, bounds), (read.Outcome, read.Bounds));
            Assert.NotEmpty(read.Chunks);
            chunks.AddRange(read.Chunks);
            Assert.True(chunks.Count <= written.Count, $"{chunks.Count} of {written.Count} chunks were read.");
            at = read.Chunks.Aggregate(at, (position, chunk) => position.After(chunk));
        }

        Assert.Equal((7, written.Sum(one => (long)one.Data.Length)), (bounds.ExitCode, bounds.End));
        Assert.InRange(bounds.End - bounds.Start, 64 * 1024, (64 * 1024) + 3000);
        Assert.Equal(written.TakeLast(chunks.Count).Select(one => one.Source), chunks.Select(chunk => chunk.Source));
        Assert.All(
            written.TakeLast(chunks.Count).Zip(chunks),
            pair => Assert.Equal(pair.First.Data, pair.Second.Data.ToArray()));
    }

    [Fact]
    public async Task A_terminal_of_tiny_chunks_is_bounded_by_their_number_and_so_is_a_read_of_it()
    {
        await using IPartitionedLog log = await CreateAsync(
            Options with { Terminal = new TerminalLogOptions { RetentionBytes = 3000 * 64 } });
        foreach (int[] page in Enumerable.Range(0, 5000).Chunk(200))
        {
            await Task.WhenAll(page.Select(_ => log.AppendTerminalAsync(Terminal, Bytes("ab"), None)));
        }

        TerminalBounds bounds = (await log.FindTerminalAsync(Terminal, None))!.Value;
        TerminalRead first = await ReadFromAsync(log, new TerminalCursor(bounds.Start, bounds.Epoch), 64 * 1024);
        TerminalRead rest = await ReadFromAsync(
            log, new TerminalCursor(first.Chunks[^1].Offset + 2, bounds.Epoch), 64 * 1024);

        Assert.Equal((10_000L - (2 * 3000), 10_000L), (bounds.Start, bounds.End));
        Assert.Equal((ReadOutcome.Whole, LogLimits.TerminalReadChunksMax), (first.Outcome, first.Chunks.Count));
        Assert.Equal((ReadOutcome.Whole, 3000 - LogLimits.TerminalReadChunksMax), (rest.Outcome, rest.Chunks.Count));
    }
}

using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Realtime.Log;
using Realtime.Log.Memory;
using Realtime.Protocol;
using Realtime.Workers.Terminals;

namespace Realtime.Tests.Workers.Terminals;

public sealed class SafeReadsTests
{
    private const string Red = "\u001b[1;31mred\u001b[m";
    private static readonly CancellationToken None = CancellationToken.None;
    private static readonly TerminalKey Terminal = new("acme", "t1");

    [Fact]
    public async Task A_tail_begins_behind_the_sequence_that_it_would_cut()
    {
        await using MemoryLog log = NewLog(new LogOptions());
        await AppendAsync(log, "one\n" + Red + "é two");

        // From the end: "é two" is 6 bytes, ESC [ m three more, "red" three.
        long end = Encoding.UTF8.GetByteCount("one\n" + Red + "é two");
        long[] starts = new long[14];
        for (int bytes = 0; bytes < starts.Length; bytes++)
        {
            starts[bytes] = end - await TailAsync(log, bytes);
        }

        Assert.Equal([0, 1, 2, 3, 4, 4, 6, 6, 6, 9, 10, 11, 12, 12], starts);
        Assert.Equal(0, await TailAsync(log, 1000));
    }

    [Fact]
    public async Task It_looks_back_over_many_small_chunks_and_not_further_than_32_KiB()
    {
        await using MemoryLog log = NewLog(new LogOptions());
        string title = "\u001b]0;" + new string('x', 40_000);
        foreach (char one in title)
        {
            await AppendAsync(log, one.ToString());
        }

        await AppendAsync(log, "\u001b\\done");

        // What begins and ends in sight: behind it. What ends out of sight: where it begins. What began out of sight:
        // at its end, which means nothing to who begins there.
        Assert.Equal(title.Length + 2, await TailAsync(log, 20_000));
        Assert.Equal(0, await TailAsync(log, title.Length - 100));
        Assert.Equal(title.Length, await TailAsync(log, 1000));
    }

    [Fact]
    public async Task After_a_gap_by_retention_bytes_begin_at_the_first_line_left_and_all_before_it_is_missing()
    {
        await using MemoryLog log = NewLog(
            new LogOptions { Terminal = new TerminalLogOptions { RetentionBytes = 1024 } });
        Epoch epoch = (await AppendAsync(log, "first\n")).Epoch;
        await AppendAsync(log, "\u001b[1");
        await AppendAsync(log, ";31m cut\nwhole\n" + new string('y', 1015));

        TerminalBounds bounds = (await log.FindTerminalAsync(Terminal, None))!.Value;
        TerminalRead read = (await new SafeReads(log).ReadAsync(
            Terminal, new TerminalCursor(2, epoch), 100_000, ReadLane.Bulk, None))!;

        Assert.Equal(9, bounds.Start);
        Assert.Equal((ReadOutcome.Trimmed, new TerminalCursor(18, epoch)), (read.Outcome, read.Start));
        Assert.Equal(18, read.Chunks[0].Offset);
        Assert.StartsWith("whole\n", Encoding.UTF8.GetString(read.Chunks[0].Data.Span), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_terminal_that_began_anew_from_nothing_is_read_from_its_first_byte()
    {
        await using MemoryLog log = NewLog(new LogOptions());
        TerminalAppendResult append = await AppendAsync(log, "first line\nsecond\n");

        TerminalRead read = (await new SafeReads(log).ReadAsync(
            Terminal, new TerminalCursor(7, Other(append.Epoch)), 100, ReadLane.Bulk, None))!;

        Assert.Equal((ReadOutcome.OtherEpoch, new TerminalCursor(0, append.Epoch)), (read.Outcome, read.Start));
    }

    [Fact]
    public async Task An_offset_that_stands_is_exact_whatever_stands_there()
    {
        await using MemoryLog log = NewLog(new LogOptions());
        await AppendAsync(log, Red);

        TerminalRead read = (await new SafeReads(log).ReadAsync(
            Terminal, new TerminalCursor(3, default), 100, ReadLane.Bulk, None))!;

        Assert.Equal((ReadOutcome.Whole, 3L), (read.Outcome, read.Start.Offset));
    }

    [Fact]
    public async Task What_is_trimmed_under_its_eyes_is_looked_at_again()
    {
        await using MemoryLog log = NewLog(
            new LogOptions { Terminal = new TerminalLogOptions { RetentionBytes = 1024 } });
        Epoch epoch = (await AppendAsync(log, "gone\n")).Epoch;
        await AppendAsync(log, "a\n" + new string('a', 1022));
        int reads = 0;
        await using var moving = new FaultyLog(log)
        {
            OnTerminal = () =>
            {
                // After the first answer it was trimmed on.
                if (++reads == 2)
                {
                    AppendAsync(log, "b\n" + new string('b', 1022)).GetAwaiter().GetResult();
                }

                return null;
            },
        };

        TerminalRead read = (await new SafeReads(moving).ReadAsync(
            Terminal, new TerminalCursor(0, epoch), 2000, ReadLane.Bulk, None))!;

        Assert.Equal((ReadOutcome.Trimmed, 5L + 1024 + 2), (read.Outcome, read.Start.Offset));
        Assert.All(read.Chunks[0].Data.ToArray(), one => Assert.Equal((byte)'b', one));
    }

    private static async Task<long> TailAsync(MemoryLog log, long bytes)
    {
        TerminalBounds bounds = (await log.FindTerminalAsync(Terminal, None))!.Value;
        TerminalCursor place = await new SafeReads(log).FindTailAsync(Terminal, bounds, bytes, None);
        Assert.Equal(bounds.Epoch, place.Epoch);
        return place.Offset;
    }

    private static MemoryLog NewLog(LogOptions options) =>
        new(options, TimeProvider.System, NullLogger<MemoryLog>.Instance);

    private static Task<TerminalAppendResult> AppendAsync(MemoryLog log, string text) =>
        log.AppendTerminalAsync(Terminal, new TerminalAppend { Data = Encoding.UTF8.GetBytes(text) }, None);

    private static Epoch Other(Epoch epoch)
    {
        var other = Epoch.Create();
        return other == epoch ? Other(epoch) : other;
    }
}

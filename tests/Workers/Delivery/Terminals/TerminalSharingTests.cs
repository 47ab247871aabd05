using System.Text;
using Realtime.Log;
using Realtime.Protocol.Messages;
using Realtime.Tests.Support;
using Realtime.Workers.Delivery;
using Realtime.Workers.Tail;

namespace Realtime.Tests.Workers.Delivery.Terminals;

/// <summary>Viewers share reads, batches and what is made of them; who stalls takes nothing from the others.</summary>
public sealed class TerminalSharingTests
{
    private const int Block = 32 * 1024;

    private static readonly TerminalKey Terminal = new(DeliveryFixture.Tenant, "t1");

    // So much in flight that whole batches go from the first on.
    private static readonly DeliveryOptions Wide = new() { BulkStartBytes = 1024 * 1024 };

    [Fact]
    public async Task Live_output_is_read_cut_and_compressed_once_for_all_viewers()
    {
        // Enough memory for all of it: on a busy machine viewers are apart, and what went would be read again.
        await using var fixture = new DeliveryFixture(
            Wide, terminals: new TerminalTailOptions { RecentBytesMax = 16 * 1024 * 1024 });
        using var counters = new Counters(fixture.Meters);
        await AppendAsync(fixture, Lines(0, 10));
        TerminalViewer[] viewers =
        [
            .. Enumerable.Range(0, 30).Select(n => new TerminalViewer(
                fixture, n % 2 == 0 ? WireFormats.JsonFrames : WireFormats.MessagePackFrames, lz4: true)),
        ];
        foreach (TerminalViewer viewer in viewers)
        {
            await viewer.SubscribeAsync("tail:0");
            await viewer.ReadUntilAsync("it is subscribed", () => viewer.Position is not null);
        }

        byte[] output = Lines(10, 20_000);
        for (int at = 0; at < output.Length; at += 10_000)
        {
            await AppendAsync(fixture, output.AsMemory(at, Math.Min(10_000, output.Length - at)));
        }

        await Task.WhenAll(viewers.Select(viewer => viewer.ReadUntilAsync(
            "all came", () => viewer.Bytes.Length == output.Length, viewer.AcknowledgeAsync)));
        Assert.All(viewers, viewer => Assert.Equal(output, viewer.Bytes.ToArray()));
        Assert.Contains(viewers[0].Pieces, piece => piece.Encoding == "lz4+base64");
        Assert.Contains(viewers[1].Pieces, piece => piece.Encoding == "lz4");
        long batches = counters["batches_total:live"] + counters["batches_total:history"];
        Assert.InRange(counters["compressions_total:batch"], 1, batches);

        // Live output is read 64 KiB at a time, of which half may be held back and be read again; a read of one block
        // of history brings the next one too. Not once for each of 30 viewers.
        Assert.InRange(ReadBytes(counters), output.Length, 4 * output.Length);
        foreach (TerminalViewer viewer in viewers)
        {
            await viewer.DisposeAsync();
        }
    }

    [Fact]
    public async Task History_is_shared_in_blocks_and_who_joins_inside_one_gets_its_rest_raw_then_whole_ones()
    {
        await using var fixture = new DeliveryFixture(Wide);
        using var counters = new Counters(fixture.Meters);
        byte[] output = Lines(0, 40_000)[..(20 * Block)];
        await AppendAsync(fixture, output);
        await fixture.Log.EndTerminalAsync(Terminal, 0, default);
        for (int n = 0; n < 3; n++)
        {
            await using var viewer = new TerminalViewer(fixture, WireFormats.MessagePackFrames);
            await viewer.SubscribeAsync($"{Block + 100}");
            await viewer.ReadUntilAsync("it ended", () => viewer.ExitCode is not null, viewer.AcknowledgeAsync);
            Assert.Equal(output[(Block + 100)..], viewer.Bytes.ToArray());
            Assert.Equal((Block + 100, "raw"), (viewer.Pieces[0].Offset, viewer.Pieces[0].Encoding));
            int whole = viewer.Pieces.FindIndex(piece => piece.Offset == 2 * Block);
            Assert.All(viewer.Pieces.Take(whole), piece => Assert.True(piece.Offset < 2 * Block));
            Assert.Equal(
                Enumerable.Range(2, 18).Select(block => ((long)block * Block, Block, "lz4")),
                viewer.Pieces.Skip(whole).Select(piece => (piece.Offset, piece.Length, piece.Encoding)));
        }

        Assert.Equal(18, counters["compressions_total:batch"]);
        Assert.InRange(counters["read_bytes_total:history"], 19 * Block, 30 * Block);
    }

    [Fact]
    public async Task History_that_begins_inside_a_block_is_cut_where_the_blocks_end()
    {
        await using var fixture = new DeliveryFixture(
            Wide, logOptions: new LogOptions { Terminal = new TerminalLogOptions { RetentionBytes = 12 * Block } });
        byte[] output = Lines(0, 40_000)[..(100 + (20 * Block))];
        await AppendAsync(fixture, output.AsMemory(0, 100));
        await AppendAsync(fixture, output.AsMemory(100));
        await fixture.Log.EndTerminalAsync(Terminal, 0, default);
        await using var viewer = new TerminalViewer(fixture, WireFormats.MessagePackFrames);
        await viewer.SubscribeAsync("start");
        await viewer.ReadUntilAsync("it ended", () => viewer.ExitCode is not null, viewer.AcknowledgeAsync);

        Assert.Equal(output[(100 + (8 * Block))..], viewer.Bytes.ToArray());
        Assert.Equal(
            Enumerable.Range(9, 12).Select(block => (long)block * Block),
            viewer.Pieces.Select(piece => piece.Offset).Where(offset => offset >= 9 * Block));
        Assert.Equal(100, viewer.Pieces[^1].Length);
    }

    [Fact]
    public async Task A_viewer_that_joins_inside_a_live_batch_gets_its_rest_raw_then_whole_ones()
    {
        var clock = new ManualClock();
        await using var fixture = new DeliveryFixture(Wide, clock: clock);
        await AppendAsync(fixture, Lines(0, 1));
        await using var first = new TerminalViewer(fixture, WireFormats.MessagePackFrames);
        await first.SubscribeAsync("tail:0");
        await first.ReadUntilAsync("it is subscribed", () => first.Position is not null);
        long begins = first.Position!.Value.Offset;
        await AppendAsync(fixture, Lines(1, 200));
        long length = Lines(1, 200).Length;
        await first.ReadUntilAsync("the batch came at once", () => first.Bytes.Length >= length);
        Assert.Equal(length, first.Bytes.Length);

        // Held back: 16 ms have not passed, and it is less than 32 KiB.
        await AppendAsync(fixture, Lines(201, 200));
        await using var second = new TerminalViewer(fixture, WireFormats.MessagePackFrames);
        await second.SubscribeAsync($"{begins + 500}");
        await second.ReadUntilAsync("it has the rest of the batch", () => second.Bytes.Length >= length - 500);
        Assert.Equal((begins + 500, "raw"), (second.Pieces[0].Offset, second.Pieces[0].Encoding));
        Assert.Equal(length - 500, second.Bytes.Length);
        Assert.Equal(length, first.Bytes.Length);

        clock.Advance(TimeSpan.FromMilliseconds(16));
        await first.ReadUntilAsync("the next came", () => first.Position!.Value.Offset > begins + length);
        await second.ReadUntilAsync("the next came here too", () => second.Position == first.Position);
        Assert.Equal(first.Pieces[^1], second.Pieces[^1]);
        Assert.Equal("lz4", first.Pieces[^1].Encoding);
    }

    [Fact]
    public async Task A_stalled_viewer_costs_no_reads_and_no_memory_and_the_others_nothing()
    {
        const int Window = 256 * 1024;
        const int Recent = 512 * 1024;
        const int Retained = 4 * 1024 * 1024;
        const int Part = 1024 * 1024;
        await using var fixture = new DeliveryFixture(
            Wide, terminals: new TerminalTailOptions { RecentBytesMax = Recent },
            logOptions: new LogOptions { Terminal = new TerminalLogOptions { RetentionBytes = Retained } });
        using var counters = new Counters(fixture.Meters);
        byte[] part = Lines(0, 40_000)[..Part];
        await AppendAsync(fixture, part);
        await using var stalled = new TerminalViewer(fixture, WireFormats.MessagePackFrames);
        await stalled.SubscribeAsync("start");

        // It shows its window and acknowledges nothing. For that the log is read twice: a quarter of the recent bytes
        // at a time, and a block more, since chunks may stand across blocks.
        await stalled.ReadUntilAsync("it got its window", () => stalled.Bytes.Length >= Window);
        const int Reads = Window / (Recent / 4);
        Assert.Equal(Window + (Reads * Block), ReadBytes(counters));
        for (int written = 1; written < 100; written++)
        {
            await AppendAsync(fixture, part);
        }

        Assert.Equal(Window + (Reads * Block), ReadBytes(counters));
        Assert.InRange(fixture.TerminalMemory.Bytes, 0, Recent);

        // The last 4 MiB are whole chunks, so no more is kept; and the other gets just that.
        await using var other = new TerminalViewer(fixture, WireFormats.MessagePackFrames);
        await other.SubscribeAsync("start");
        await fixture.Log.EndTerminalAsync(Terminal, 0, default);
        await other.ReadUntilAsync("the other has all", () => other.ExitCode is not null, other.AcknowledgeAsync);
        Assert.DoesNotContain("gap", other.Ops);
        Assert.True(other.Bytes.ToArray().AsSpan().SequenceEqual((byte[])[.. part, .. part, .. part, .. part]));
        Assert.InRange(fixture.TerminalMemory.Bytes, 0, Recent);
        Assert.Equal(Window, stalled.Bytes.Length);

        await stalled.AcknowledgeAsync();
        await stalled.ReadUntilAsync(
            "it goes on to the end", () => stalled.ExitCode is not null, stalled.AcknowledgeAsync);
        Assert.Equal(1, stalled.Ops.Count(op => op == "gap"));

        // After the gap it begins at the first line of what is retained, and that is at a part's beginning.
        int line = Array.IndexOf(part, (byte)'\n') + 1;
        byte[] rest = [.. part[line..], .. part, .. part, .. part];
        Assert.True(stalled.Bytes.ToArray().AsSpan().SequenceEqual((byte[])[.. part[..Window], .. rest]));
    }

    [Fact]
    public async Task All_terminals_together_keep_within_the_bound_of_the_worker()
    {
        await using var fixture = new DeliveryFixture(
            Wide, terminals: new TerminalTailOptions { RecentBytesTotalMax = 1024 * 1024 });
        using var counters = new Counters(fixture.Meters);
        byte[] output = Lines(0, 20_000);
        for (int task = 1; task <= 4; task++)
        {
            await fixture.Log.AppendTerminalAsync(
                new TerminalKey(DeliveryFixture.Tenant, $"t{task}"), new TerminalAppend { Data = output }, default);
            await fixture.Log.EndTerminalAsync(new TerminalKey(DeliveryFixture.Tenant, $"t{task}"), 0, default);
            await using var one = new Viewer(fixture.Connections, 65_536, "read:*");
            await one.SendAsync(new ClientMessage.SubscribeTerminal("t", $"t{task}", TerminalFrom.Start));
            await one.ReadUntilAsync(
                "a window came", () => one.Messages.Count(message => message.TryGetProperty("data", out _)) >= 8);
            Assert.InRange(fixture.TerminalMemory.Bytes, 1, 1024 * 1024);
        }

        Assert.True(counters["evictions_total:worker"] > 0);
    }

    private static long ReadBytes(Counters counters) =>
        counters["read_bytes_total:live"] + counters["read_bytes_total:history"];

    private static byte[] Lines(int from, int count) => Encoding.ASCII.GetBytes(string.Concat(
        Enumerable.Range(from, count).Select(n => $"[{n}] compiling module {n * 7919 % 1000}\n")));

    private static async Task AppendAsync(DeliveryFixture fixture, ReadOnlyMemory<byte> data)
    {
        TerminalAppendResult result;
        do
        {
            // The tail may be waiting for a thread.
            await Task.Yield();
            result = await fixture.Log.AppendTerminalAsync(Terminal, new TerminalAppend { Data = data }, default);
        }
        while (result.Status == TerminalAppendStatus.Pressure);
        Assert.Equal(TerminalAppendStatus.Stored, result.Status);
    }
}

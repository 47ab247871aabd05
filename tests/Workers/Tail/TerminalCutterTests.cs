using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Realtime.Log;
using Realtime.Protocol;
using Realtime.Workers.Delivery.Terminals;
using Realtime.Workers.Tail;

namespace Realtime.Tests.Workers.Tail;

/// <summary>Where batches begin and end.</summary>
public sealed class TerminalCutterTests : IDisposable
{
    private const int Block = 32 * 1024;

    private static readonly Epoch Life = Epoch.Parse("k3x9qa");

    private readonly ServiceProvider _provider = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly TerminalCutter _cutter;

    public TerminalCutterTests() => _cutter = new TerminalCutter(
        new TerminalKey("acme", "t1"),
        new TerminalMemory(
            new TerminalTailOptions(), new TerminalMetrics(_provider.GetRequiredService<IMeterFactory>())));

    public void Dispose() => _provider.Dispose();

    [Fact]
    public void History_is_cut_at_multiples_of_32_KiB_however_it_was_appended()
    {
        TerminalChunk[] chunks = Chunks(from: 30_000, lengths: [20_000, 1, 32_768, 5000, 40]);
        List<TerminalBatch> batches = _cutter.Cut(Life, chunks, until: 3 * Block, atBlocks: true);
        Assert.Equal([(30_000, Block), (Block, 2 * Block), (2 * Block, 87_809)], Places(batches));
        AssertSame(chunks, batches, 87_809);
    }

    [Fact]
    public void History_stops_where_it_is_told_to()
    {
        TerminalChunk[] chunks = Chunks(from: 0, lengths: [30_000, 30_000, 30_000]);
        List<TerminalBatch> batches = _cutter.Cut(Life, chunks, until: 2 * Block, atBlocks: true);
        Assert.Equal([(0, Block), (Block, 2 * Block)], Places(batches));
        AssertSame(chunks, batches, 2 * Block);
    }

    [Fact]
    public void Live_output_is_cut_after_32_KiB_wherever_it_began()
    {
        TerminalChunk[] chunks = Chunks(from: 1000, lengths: [10, 20_000, 30_000]);
        List<TerminalBatch> batches = _cutter.Cut(Life, chunks, until: long.MaxValue, atBlocks: false);
        Assert.Equal([(1000, 1000 + Block), (1000 + Block, 51_010)], Places(batches));
        AssertSame(chunks, batches, 51_010);
    }

    [Fact]
    public void A_batch_is_of_one_stream()
    {
        TerminalChunk[] chunks =
        [
            new(0, "out"u8.ToArray(), TerminalSource.Stdout, 0), new(3, "put"u8.ToArray(), TerminalSource.Stdout, 0),
            new(6, "error"u8.ToArray(), TerminalSource.Stderr, 0),
            new(11, "more"u8.ToArray(), TerminalSource.Stdout, 0),
        ];
        List<TerminalBatch> batches = _cutter.Cut(Life, chunks, until: long.MaxValue, atBlocks: false);
        Assert.Equal([(0, 6), (6, 11), (11, 15)], Places(batches));
        Assert.Equal(
            [TerminalSource.Stdout, TerminalSource.Stderr, TerminalSource.Stdout],
            batches.Select(batch => batch.Source));
    }

    [Fact]
    public void A_size_stands_before_the_batch_whose_first_byte_it_holds_for_and_alone_at_the_end()
    {
        TerminalChunk[] chunks =
        [
            new(0, "abc"u8.ToArray(), TerminalSource.Stdout, 0),
            new(3, default, TerminalSource.Stdout, 0, new TerminalSize(80, 24), 1),
            new(3, "def"u8.ToArray(), TerminalSource.Stdout, 0),
            new(6, default, TerminalSource.Stdout, 0, new TerminalSize(120, 40), 2),
        ];
        List<TerminalBatch> batches = _cutter.Cut(Life, chunks, until: long.MaxValue, atBlocks: false);
        Assert.Equal([(0, 3), (3, 6), (6, 6)], Places(batches));
        Assert.Equal([null, new TerminalSize(80, 24), new TerminalSize(120, 40)], batches.Select(batch => batch.Size));
        Assert.False(batches[0].Holds(new TerminalCursor(3, Life)));
        Assert.True(batches[2].Holds(new TerminalCursor(6, Life, 1)));
        Assert.False(batches[2].Holds(new TerminalCursor(6, Life, 2)));
    }

    private static (long, long)[] Places(List<TerminalBatch> batches) =>
        [.. batches.Select(batch => (batch.Offset, batch.End))];

    private static TerminalChunk[] Chunks(long from, int[] lengths)
    {
        var random = new Random(1);
        return
        [
            .. lengths.Select(length =>
            {
                byte[] data = new byte[length];
                random.NextBytes(data);
                from += length;
                return new TerminalChunk(from - length, data, TerminalSource.Stdout, 0);
            }),
        ];
    }

    private static void AssertSame(TerminalChunk[] chunks, List<TerminalBatch> batches, long until) => Assert.Equal(
        chunks.SelectMany(chunk => chunk.Data.ToArray()).Take((int)(until - chunks[0].Offset)),
        batches.SelectMany(batch => batch.Data.ToArray()));
}

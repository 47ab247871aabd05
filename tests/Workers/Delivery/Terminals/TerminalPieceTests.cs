using System.Diagnostics.Metrics;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Realtime.Log;
using Realtime.Protocol;
using Realtime.Protocol.Compression;
using Realtime.Workers.Delivery.Terminals;
using Realtime.Workers.Tail;

namespace Realtime.Tests.Workers.Delivery.Terminals;

/// <summary>What is sent of a batch is made once, whoever needs it first, and shrinks or goes as it is.</summary>
public sealed class TerminalPieceTests : IDisposable
{
    private readonly ServiceProvider _provider = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly IMeterFactory _meters;
    private readonly Counters _counters;
    private readonly TerminalMemory _memory;

    public TerminalPieceTests()
    {
        _meters = _provider.GetRequiredService<IMeterFactory>();
        _counters = new Counters(_meters);
        _memory = new TerminalMemory(new TerminalTailOptions(), new TerminalMetrics(_meters));
    }

    public void Dispose()
    {
        _counters.Dispose();
        _provider.Dispose();
    }

    [Fact]
    public void It_is_compressed_once_and_encoded_once_in_each_form_however_many_need_it()
    {
        TerminalBatch batch = Batch(new byte[10_000]);
        TerminalForm[] forms = Enum.GetValues<TerminalForm>();
        byte[][] first = [.. forms.Select(form => Whole(batch).BodyFor(form).ToArray())];
        long made = batch.Weight;

        Parallel.For(0, 300, n => Assert.True(Whole(batch).BodyFor(forms[n % 3]).SequenceEqual(first[n % 3])));

        Assert.Equal(1, _counters["compressions_total:batch"]);
        Assert.Equal(made, batch.Weight);
        Assert.True(Whole(batch).BodyFor(TerminalForm.MessagePack) == Whole(batch).BodyFor(TerminalForm.MessagePack));
    }

    [Theory]
    [InlineData(10_000)]
    [InlineData(100)]
    [InlineData(32)]
    public void Bytes_that_do_not_shrink_go_as_they_are(int length)
    {
        byte[] data = new byte[length];
        new Random(1).NextBytes(data);
        TerminalBatch batch = Batch(data);

        Assert.True(Whole(batch).BodyFor(TerminalForm.MessagePack).IndexOf(data) > 0);
        Assert.Contains(
            $"\"data\":\"{Convert.ToBase64String(data)}\"",
            Encoding.UTF8.GetString(Whole(batch).BodyFor(TerminalForm.Lz4Base64)), StringComparison.Ordinal);
        Assert.Equal(length, _counters["compression_out_bytes_total"]);
    }

    [Fact]
    public void A_block_that_is_not_shorter_than_its_bytes_is_never_sent()
    {
        // Random bytes of which some are repeated: about as many as a block costs.
        var random = new Random(2);
        var saved = new HashSet<int>();
        for (int n = 0; n < 2000; n++)
        {
            byte[] data = new byte[random.Next(32, 80)];
            random.NextBytes(data);
            int repeated = random.Next(4, 9);
            data.AsSpan(random.Next(4), repeated).CopyTo(data.AsSpan(random.Next(14, data.Length - repeated)));
            int block = Lz4Block.Compress(data, new byte[Lz4Block.CompressedLengthMax(data.Length)]);
            saved.Add(data.Length - block);

            bool isRaw = Whole(Batch(data)).BodyFor(TerminalForm.MessagePack).IndexOf(data) > 0;

            Assert.True(isRaw || block < data.Length, $"A block of {block} bytes for {data.Length} was sent.");
        }

        Assert.Superset(new HashSet<int> { -1, 0, 1 }, saved);
    }

    [Fact]
    public void Too_few_bytes_to_shrink_are_not_tried()
    {
        Assert.True(Whole(Batch(new byte[31])).BodyFor(TerminalForm.MessagePack).IndexOf(new byte[31]) > 0);
        Assert.Equal(0, _counters["compressions_total:batch"]);
        Assert.Equal(-1, Whole(Batch(new byte[32])).BodyFor(TerminalForm.MessagePack).IndexOf(new byte[32]));
        Assert.Equal(1, _counters["compressions_total:batch"]);
    }

    private static TerminalPiece Whole(TerminalBatch batch) =>
        batch.PieceAt(0, batch.Length, int.MaxValue, TerminalForm.Base64)!;

    private TerminalBatch Batch(byte[] data) =>
        new("t1", _memory, Epoch.Parse("k3x9qa"), 0, data, TerminalSource.Stdout);
}

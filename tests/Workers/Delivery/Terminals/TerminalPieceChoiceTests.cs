using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Realtime.Log;
using Realtime.Protocol;
using Realtime.Workers.Delivery.Terminals;
using Realtime.Workers.Tail;

namespace Realtime.Tests.Workers.Delivery.Terminals;

/// <summary>What is compressed to find a piece that is short enough.</summary>
public sealed class TerminalPieceChoiceTests : IDisposable
{
    private readonly ServiceProvider _provider = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly Counters _counters;
    private readonly TerminalBatch _batch;

    public TerminalPieceChoiceTests()
    {
        IMeterFactory meters = _provider.GetRequiredService<IMeterFactory>();
        _counters = new Counters(meters);
        var memory = new TerminalMemory(new TerminalTailOptions(), new TerminalMetrics(meters));
        _batch = new TerminalBatch("t1", memory, Epoch.Parse("k3x9qa"), 0, new byte[16_384], TerminalSource.Stdout);
    }

    [Fact]
    public void Nothing_is_compressed_to_learn_that_it_cannot_be_short_enough()
    {
        TerminalPiece smallest = _batch.PieceAt(0, 65_536, 0, TerminalForm.MessagePack)!;

        Assert.Equal(1024, smallest.Length);
        Assert.Equal((0, 0), (_counters["compressions_total:batch"], _counters["compressions_total:slice"]));
    }

    [Fact]
    public void What_may_be_short_enough_is_compressed_once()
    {
        for (int viewer = 0; viewer < 3; viewer++)
        {
            Assert.Equal(16_384, _batch.PieceAt(0, 65_536, 400, TerminalForm.MessagePack)!.Length);
        }

        Assert.Equal((1, 0), (_counters["compressions_total:batch"], _counters["compressions_total:slice"]));
    }

    public void Dispose()
    {
        _counters.Dispose();
        _provider.Dispose();
    }
}

using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Realtime.Log;
using Realtime.Protocol;
using Realtime.Workers.Delivery.Terminals;
using Realtime.Workers.Tail;

namespace Realtime.Tests.Workers.Tail;

/// <summary>What is no longer held when a terminal begins anew, or is followed no more.</summary>
public sealed class TerminalMemoryEpochTests : IDisposable
{
    private static readonly Epoch First = Epoch.Parse("aaaaaa");
    private static readonly Epoch Second = Epoch.Parse("bbbbbb");

    private readonly ServiceProvider _metrics = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly TerminalWindow _window = new();
    private readonly TerminalMemory _memory;

    public TerminalMemoryEpochTests() => _memory = new TerminalMemory(
        new TerminalTailOptions(), new TerminalMetrics(_metrics.GetRequiredService<IMeterFactory>()));

    public void Dispose() => _metrics.Dispose();

    [Fact]
    public void A_read_that_outlives_its_tail_holds_nothing_but_gives_its_bytes()
    {
        _memory.Begin(_window, First);
        _memory.Hold(_window, Batch(First, 0));
        Assert.True(_memory.Bytes > 0);
        _memory.Begin(_window, default);
        Assert.Equal(0, _memory.Bytes);

        TerminalBatch late = Batch(First, 1000);
        Assert.True(ReferenceEquals(late, _memory.Hold(_window, late)));
        Assert.Equal(0, _memory.Bytes);
        Assert.True(_window.Find(new TerminalCursor(1000, First)) is null);

        // What is made of it later is not counted either.
        _memory.Charge(late, 500);
        Assert.Equal(0, _memory.Bytes);
    }

    [Fact]
    public void A_read_of_an_earlier_epoch_evicts_nothing_of_the_present_one()
    {
        _memory.Begin(_window, First);
        _memory.Begin(_window, Second);
        TerminalBatch present = _memory.Hold(_window, Batch(Second, 0));
        TerminalBatch late = Batch(First, 0);
        Assert.True(ReferenceEquals(late, _memory.Hold(_window, late)));
        Assert.True(ReferenceEquals(present, _window.Find(new TerminalCursor(0, Second))));
        Assert.Equal(present.Weight, _memory.Bytes);
    }

    private TerminalBatch Batch(Epoch epoch, long offset) => new(
        "t1", _memory, epoch, offset, new byte[1000], TerminalSource.Stdout);
}

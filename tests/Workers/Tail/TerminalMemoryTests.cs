using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Realtime.Log;
using Realtime.Protocol;
using Realtime.Workers.Delivery.Terminals;
using Realtime.Workers.Tail;

namespace Realtime.Tests.Workers.Tail;

/// <summary>What is held in memory keeps within its bounds, to the byte, and the oldest go first.</summary>
public sealed class TerminalMemoryTests : IDisposable
{
    private const int Length = 1000;

    private static readonly Epoch Life = Epoch.Parse("k3x9qa");

    private readonly ServiceProvider _provider = new ServiceCollection().AddMetrics().BuildServiceProvider();

    private static int Weight => TerminalBatch.FixedWeight + Length;

    public void Dispose() => _provider.Dispose();

    [Theory]
    [InlineData(0, 3)]
    [InlineData(-1, 2)]
    public void One_terminal_holds_as_many_as_fit_and_lets_the_oldest_go(int room, int held)
    {
        TerminalMemory memory = Create(recent: (3 * Weight) + room, total: int.MaxValue);
        var window = new TerminalWindow { Epoch = Life };
        for (int n = 0; n < 5; n++)
        {
            memory.Hold(window, Batch(memory, n));
        }

        Assert.Equal(Enumerable.Range(5 - held, held), Held(window));
        Assert.Equal(held * Weight, memory.Bytes);
    }

    [Theory]
    [InlineData(0, "2", "0 1")]
    [InlineData(-1, "", "0 1")]
    public void All_terminals_together_hold_as_many_as_fit_whichever_is_the_oldest(
        int room, string first, string second)
    {
        TerminalMemory memory = Create(recent: int.MaxValue, total: (3 * Weight) + room);
        TerminalWindow[] windows = [new() { Epoch = Life }, new() { Epoch = Life }];
        for (int n = 0; n < 3; n++)
        {
            memory.Hold(windows[0], Batch(memory, n));
        }

        memory.Hold(windows[1], Batch(memory, 0));
        memory.Hold(windows[1], Batch(memory, 1));

        Assert.Equal([first, second], windows.Select(window => string.Join(' ', Held(window))));
        Assert.InRange(memory.Bytes, 0, (3 * Weight) + room);
    }

    [Fact]
    public void What_is_made_of_a_batch_counts_too_while_it_is_held()
    {
        TerminalMemory memory = Create(recent: 3 * Weight, total: int.MaxValue);
        var window = new TerminalWindow { Epoch = Life };
        TerminalBatch[] batches = [.. Enumerable.Range(0, 3).Select(n => memory.Hold(window, Batch(memory, n)))];

        memory.Charge(batches[2], 1);

        Assert.Equal([1, 2], Held(window));
        Assert.Equal((2 * Weight) + 1, memory.Bytes);
        memory.Charge(batches[0], 100);
        Assert.Equal((2 * Weight) + 1, memory.Bytes);
    }

    [Fact]
    public void Of_two_that_begin_alike_the_longer_is_held_and_of_equals_the_first()
    {
        TerminalMemory memory = Create(recent: int.MaxValue, total: int.MaxValue);
        var window = new TerminalWindow { Epoch = Life };
        TerminalBatch first = memory.Hold(window, Batch(memory, 0));

        Assert.Same(first, memory.Hold(window, Batch(memory, 0)));
        Assert.Same(first, memory.Hold(window, Batch(memory, 0, Length - 1)));
        TerminalBatch longer = Batch(memory, 0, Length + 1);
        Assert.Same(longer, memory.Hold(window, longer));
        Assert.Same(longer, window.Find(new TerminalCursor(0, Life)));
        Assert.Equal(Weight + 1, memory.Bytes);
    }

    private static TerminalBatch Batch(TerminalMemory memory, int number, int length = Length) =>
        new("t1", memory, Life, number * Length, new byte[length], TerminalSource.Stdout);

    private static IEnumerable<int> Held(TerminalWindow window) =>
        Enumerable.Range(0, 5).Where(n => window.Find(new TerminalCursor(n * Length, Life)) is not null);

    private TerminalMemory Create(int recent, int total) => new(
        new TerminalTailOptions { RecentBytesMax = recent, RecentBytesTotalMax = total },
        new TerminalMetrics(_provider.GetRequiredService<IMeterFactory>()));
}

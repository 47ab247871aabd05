using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Realtime.Log;
using Realtime.Protocol;
using Realtime.Tests.Support;
using Realtime.Tests.Workers.Delivery.Terminals;
using Realtime.Workers.Tail;

namespace Realtime.Tests.Workers.Tail;

/// <summary>How many reads of history are under way, however many terminals are opened at once.</summary>
public sealed class TerminalReadsTests
{
    private const int Terminals = 40;
    private const int ReadsMax = 3;

    [Fact]
    public async Task Reads_of_many_terminals_wait_for_their_turn_and_can_be_joined_while_they_wait()
    {
        await using ServiceProvider provider = new ServiceCollection().AddMetrics().BuildServiceProvider();
        IMeterFactory meters = provider.GetRequiredService<IMeterFactory>();
        using var counters = new Counters(meters);
        var metrics = new TerminalMetrics(meters);
        var options = new TerminalTailOptions { HistoryReadsMax = ReadsMax };
        var memory = new TerminalMemory(options, metrics);
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        int underWay = 0;
        int most = 0;
        await using var log = new FaultyLog(RunningWorker.NewLog());
        log.AroundReadTerminal = async read =>
        {
            most = Math.Max(most, Interlocked.Increment(ref underWay));
            await gate.Task;
            TerminalRead? result = await read();
            Interlocked.Decrement(ref underWay);
            return result;
        };
        using var reads = new TerminalReads(log, options, metrics);
        var fetches = new List<Task<TerminalFetch>>();
        var joined = new List<Task<TerminalFetch>>();
        for (int n = 0; n < Terminals; n++)
        {
            var terminal = new TerminalKey("acme", $"t{n}");
            Epoch epoch = (await log.AppendTerminalAsync(
                terminal, new TerminalAppend { Data = new byte[40_000] }, CancellationToken.None)).Epoch;
            var history = new TerminalHistory(terminal, reads, memory, new TerminalWindow(), metrics);
            fetches.Add(history.ReadAsync(new TerminalCursor(0, epoch), 0, 1));
            joined.Add(history.ReadAsync(new TerminalCursor(100, epoch), 0, 1));
        }

        await Eventually.TrueAsync(
            "all others wait",
            () => counters["reads_waiting"] == Terminals - ReadsMax && Volatile.Read(ref underWay) == ReadsMax);
        Assert.Equal(fetches, joined);
        gate.SetResult();
        TerminalFetch[] read = await Task.WhenAll(fetches);

        Assert.All(read, fetch => Assert.Equal(32 * 1024, Assert.Single(fetch.Batches).Length));
        Assert.Equal(ReadsMax, most);
        Assert.Equal(0, counters["reads_waiting"]);
    }

    [Fact]
    public async Task A_read_that_fails_gives_its_turn_on()
    {
        await using ServiceProvider provider = new ServiceCollection().AddMetrics().BuildServiceProvider();
        var metrics = new TerminalMetrics(provider.GetRequiredService<IMeterFactory>());
        await using var log = new FaultyLog(RunningWorker.NewLog()) { OnTerminal = () => FaultyLog.Away() };
        using var reads = new TerminalReads(log, new TerminalTailOptions { HistoryReadsMax = 1 }, metrics);
        for (int i = 0; i < 3; i++)
        {
            await Assert.ThrowsAsync<LogUnavailableException>(
                () => reads.ReadAsync(new TerminalKey("acme", "t1"), default, 1000));
        }

        log.OnTerminal = () => null;
        Assert.Null(await reads.ReadAsync(new TerminalKey("acme", "t1"), default, 1000));
    }
}

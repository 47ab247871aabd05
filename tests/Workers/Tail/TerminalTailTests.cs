using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Realtime.Log;
using Realtime.Log.Memory;
using Realtime.Tests.Support;
using Realtime.Workers.Tail;

namespace Realtime.Tests.Workers.Tail;

/// <summary>What a terminal's tail tells the log.</summary>
public sealed class TerminalTailTests
{
    private const int Depth = 100_000;
    private static readonly TerminalKey Terminal = new("acme", "t1");

    [Fact]
    public async Task It_presses_back_on_producers_while_it_knows_less_than_they_wrote_and_no_longer()
    {
        await using ServiceProvider metrics = new ServiceCollection().AddMetrics().BuildServiceProvider();
        var options = new LogOptions { Backpressure = new BackpressureOptions { TerminalDepthBytesMax = Depth } };

        // The log's clock stands still: a report counts until the next one.
        await using var memory = new MemoryLog(options, new ManualClock(), NullLogger<MemoryLog>.Instance);
        var held = new TaskCompletionSource();
        held.SetResult();
        var log = new FaultyLog(memory)
        {
            AroundFindTerminal = async findAsync =>
            {
                await Volatile.Read(ref held).Task;
                return await findAsync();
            },
        };
        await AppendAsync(log, 10);
        await using var tail = new TerminalTail(Terminal, Services(log, metrics.GetRequiredService<IMeterFactory>()));
        await Eventually.TrueAsync(
            "the first look was reported", async () => (await AppendAsync(log, 1)).Pressure.Depth > 0);

        Volatile.Write(ref held, new TaskCompletionSource());
        await Eventually.TrueAsync(
            "a producer is paused", async () => (await AppendAsync(log, 9000)).Pressure.State == PressureState.Pause);
        await Eventually.TrueAsync(
            "a producer is refused",
            async () => (await AppendAsync(log, 9000)).Status == TerminalAppendStatus.Pressure);

        held.SetResult();
        await Eventually.TrueAsync(
            "it goes on", async () => await AppendAsync(log, 1) is
            { Status: TerminalAppendStatus.Stored, Pressure: { State: PressureState.Ok, Depth: < 1000 } });
    }

    private static TailServices Services(FaultyLog log, IMeterFactory meters) => new()
    {
        Log = log,
        Options = new TailOptions { PollInterval = TimeSpan.FromMilliseconds(20) },
        Decoder = new EventDecoder(TimeProvider.System, NullLogger<EventDecoder>.Instance),
        Watch = new LogWatch(NullLogger<LogWatch>.Instance),
        Metrics = new TailMetrics(meters),
        Reports = new ReportBeat(new TailOptions(), TimeProvider.System),
        Losses = new LossNotices(TimeProvider.System, NullLogger<LossNotices>.Instance),
        TerminalOptions = new TerminalTailOptions(),
        Terminals = new TerminalMemory(new TerminalTailOptions(), new TerminalMetrics(meters)),
        TerminalMetrics = new TerminalMetrics(meters),
        TerminalReads = new TerminalReads(log, new TerminalTailOptions(), new TerminalMetrics(meters)),
        Clock = TimeProvider.System,
        Logger = NullLogger.Instance,
        ReaderId = "w1",
        StateKeysMax = 16,
        StateRetention = TimeSpan.FromHours(1),
        ConflationInterval = TimeSpan.FromMilliseconds(100),
    };

    private static Task<TerminalAppendResult> AppendAsync(FaultyLog log, int count) =>
        log.AppendTerminalAsync(Terminal, new TerminalAppend { Data = new byte[count] }, CancellationToken.None);
}

using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Realtime.Log;
using Realtime.Log.Memory;
using Realtime.Tests.Support;
using Realtime.Workers.Tail;

namespace Realtime.Tests.Workers.Tail;

/// <summary>A tail on a log that fails, alone.</summary>
public class StreamTailTests
{
    [Fact]
    public async Task It_tries_again_however_often_the_log_fails_and_however_early_timers_fire()
    {
        const int FailuresMax = 8;
        await using ServiceProvider metrics = new ServiceCollection().AddMetrics().BuildServiceProvider();
        var clock = new EarlyClock();
        await using var memory = new MemoryLog(new LogOptions(), TimeProvider.System, NullLogger<MemoryLog>.Instance);
        int reads = 0;
        var log = new FaultyLog(memory)
        {
            OnRead = _ => Interlocked.Increment(ref reads) <= FailuresMax
                ? new LogUnavailableException(LogUnavailableReason.Unreachable, "It is away.")
                : null,
        };
        var terminalMetrics = new TerminalMetrics(metrics.GetRequiredService<IMeterFactory>());
        await using var tail = new StreamTail(new StreamKey("acme", 0), new TailServices
        {
            Log = log,
            Options = new TailOptions { RetryDelayMax = TimeSpan.FromMilliseconds(50) },
            Decoder = new EventDecoder(clock, NullLogger<EventDecoder>.Instance),
            Watch = new LogWatch(NullLogger<LogWatch>.Instance),
            Metrics = new TailMetrics(metrics.GetRequiredService<IMeterFactory>()),
            Reports = new ReportBeat(new TailOptions(), clock),
            Losses = new LossNotices(clock, NullLogger<LossNotices>.Instance),
            TerminalOptions = new TerminalTailOptions(),
            Terminals = new TerminalMemory(new TerminalTailOptions(), terminalMetrics),
            TerminalMetrics = terminalMetrics,
            TerminalReads = new TerminalReads(log, new TerminalTailOptions(), terminalMetrics),
            Clock = clock,
            Logger = NullLogger.Instance,
            ReaderId = "w1",
            StateKeysMax = 16,
            StateRetention = TimeSpan.FromHours(1),
            ConflationInterval = TimeSpan.FromMilliseconds(100),
        });

        await Eventually.TrueAsync(
            "the stream was looked at", () => tail.Opened.IsCompleted, TimeSpan.FromSeconds(30),
            () => $"{reads} reads.");
        Assert.True(reads > FailuresMax);
    }
}

using System.Buffers;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Realtime.Log;
using Realtime.Log.Memory;
using Realtime.Protocol.Events;
using Realtime.Tests.Edge;
using Realtime.Tests.Support;
using Realtime.Workers.Partitions;

namespace Realtime.Tests.Workers.Partitions;

/// <summary>A partition much larger than the others is warned of, once in a while.</summary>
public sealed class PartitionWatchTests : IDisposable
{
    private readonly ManualClock _clock = new();
    private readonly CapturedLogs _logs = new();

    [Fact]
    public async Task Skew_above_the_limit_is_warned_of_once_an_hour_and_its_end_is_told()
    {
        await using MemoryLog log = RunningWorker.NewLog();
        PartitionWatch watch = NewWatch(log, entriesMin: 10);
        await AppendAsync(log, 0, 30);
        await AppendAsync(log, 1, 25);
        await AppendAsync(log, 2, 25);
        await AppendAsync(log, 3, 25);
        await watch.LookAsync(CancellationToken.None);
        Assert.Empty(_logs.Lines); // 30 by 26.25: 14 % above the mean.

        await AppendAsync(log, 0, 30);
        await watch.LookAsync(CancellationToken.None);
        await watch.LookAsync(CancellationToken.None);
        Assert.Contains("78 % more entries", Assert.Single(_logs.Lines), StringComparison.Ordinal);

        _clock.Advance(TimeSpan.FromHours(1));
        await watch.LookAsync(CancellationToken.None);
        Assert.Equal(2, _logs.Lines.Count);

        for (int partition = 1; partition < 4; partition++)
        {
            await AppendAsync(log, partition, 35);
        }

        await watch.LookAsync(CancellationToken.None);
        Assert.Contains("even again", _logs.Lines.Last(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_handful_of_events_is_never_even()
    {
        await using MemoryLog log = RunningWorker.NewLog();
        PartitionWatch watch = NewWatch(log, entriesMin: 10);
        await AppendAsync(log, 0, 20);

        await watch.LookAsync(CancellationToken.None);

        Assert.Empty(_logs.Lines);
    }

    public void Dispose() => _logs.Dispose();

    private PartitionWatch NewWatch(MemoryLog log, int entriesMin)
    {
        IMeterFactory meters = new ServiceCollection().AddMetrics().BuildServiceProvider()
            .GetRequiredService<IMeterFactory>();
        using var factory = LoggerFactory.Create(logging => logging.AddProvider(_logs));
        return new PartitionWatch(
            log, new PartitionWatchOptions { SkewEntriesMin = entriesMin },
            new PartitionMetrics(meters, new LogOptions()), _clock, factory.CreateLogger<PartitionWatch>());
    }

    private static async Task AppendAsync(MemoryLog log, int partition, int count)
    {
        var buffer = new ArrayBufferWriter<byte>();
        EnvelopeCodec.Write(buffer, new EventEnvelope
        {
            Channel = Channel.Agents,
            Type = "agent.status",
            Payload = new byte[] { 0xc0 },
        });
        EventAppend[] batch =
            [.. Enumerable.Range(0, count).Select(_ => new EventAppend { Envelope = buffer.WrittenSpan.ToArray() })];
        await log.AppendAsync(new StreamKey("acme", partition), batch, CancellationToken.None);
    }
}

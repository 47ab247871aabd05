using Realtime.Log;

namespace Realtime.Workers.Tail;

/// <summary>What all tails of a worker share.</summary>
internal sealed record TailServices
{
    public required IPartitionedLog Log { get; init; }

    public required TailOptions Options { get; init; }

    public required EventDecoder Decoder { get; init; }

    public required LogWatch Watch { get; init; }

    public required TailMetrics Metrics { get; init; }

    /// <summary>Says what was lost.</summary>
    public required LossNotices Losses { get; init; }

    /// <summary>When tails report.</summary>
    public required ReportBeat Reports { get; init; }

    public required TerminalTailOptions TerminalOptions { get; init; }

    /// <summary>Batches of all terminals.</summary>
    public required TerminalMemory Terminals { get; init; }

    public required TerminalMetrics TerminalMetrics { get; init; }

    /// <summary>Reads of the history of all terminals.</summary>
    public required TerminalReads TerminalReads { get; init; }

    public required TimeProvider Clock { get; init; }

    public required ILogger Logger { get; init; }

    /// <summary>A tail that has read fewer entries since its last report may let the next one wait.</summary>
    public long ReportStep { get; init; } = 1;

    /// <summary>Names this worker to the log as a reader.</summary>
    public required string ReaderId { get; init; }

    /// <summary>State keys of one stream, at most.</summary>
    public required int StateKeysMax { get; init; }

    /// <summary>How long a value that is not updated stays in snapshots.</summary>
    public required TimeSpan StateRetention { get; init; }

    /// <summary>Least time between two batches of a conflating subscription.</summary>
    public required TimeSpan ConflationInterval { get; init; }

    /// <summary>Tells the log how far this worker has read a stream.</summary>
    public Task ReportAsync(StreamKey stream, long offset, CancellationToken stopping) =>
        Log.ReportReaderAsync(stream, ReaderId, offset, stopping);

    /// <summary>Tells the log how far this worker knows a terminal.</summary>
    public Task ReportAsync(TerminalKey terminal, TerminalCursor known, CancellationToken stopping) =>
        Log.ReportTerminalReaderAsync(terminal, ReaderId, known, stopping);

    /// <summary>The pause before a stream is looked at without being rung: about the poll interval.</summary>
    public TimeSpan PollDelay() => Options.PollInterval * (0.75 + (Random.Shared.NextDouble() / 2));

    /// <summary>The pause before try number <paramref name="failures"/> + 1: from 50 ms, doubling, capped, full
    /// jitter.</summary>
    public TimeSpan RetryDelay(int failures)
    {
        double ms = Math.Min(50 * Math.Pow(2, Math.Min(failures, 16)), Options.RetryDelayMax.TotalMilliseconds);
        return TimeSpan.FromMilliseconds((ms / 2) + (Random.Shared.NextDouble() * ms / 2));
    }
}

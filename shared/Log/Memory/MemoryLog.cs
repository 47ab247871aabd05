using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using Realtime.Log.Budgets;
using Realtime.Log.Revocations;
using Realtime.Log.Tickets;
using Realtime.Protocol;

namespace Realtime.Log.Memory;

/// <summary>
/// The embedded log: one process, bounded, not durable. For development, tests and demonstrations; several workers in
/// one process may share one instance. Full by its own limit, it removes ended terminals first (ended longest ago
/// first), then refuses appends with <see cref="LogUnavailableReason.Full"/> until retention makes room.
/// </summary>
public sealed partial class MemoryLog : IPartitionedLog
{
    // A full log refuses every append; once a minute is enough to say so.
    private const long FullLogIntervalMs = 60_000;

    private readonly LogOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<MemoryLog> _logger;
    private readonly ByteBudget _budget;
    private readonly EventStreamDirectory _streams;
    private readonly TerminalDirectory _terminals;
    private readonly Doorbells<StreamKey> _streamBells;
    private readonly Doorbells<TerminalKey> _terminalBells;
    private long _fullLoggedMs;
    private bool _disposed;

    /// <summary>Makes an empty log, and says in the process's log that it isn't durable.</summary>
    public MemoryLog(LogOptions options, TimeProvider time, ILogger<MemoryLog> logger)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        _time = time;
        _logger = logger;
        _budget = new ByteBudget(options.Memory.StoredBytesMax);
        _streams = new EventStreamDirectory(options, _budget);
        _terminals = new TerminalDirectory(options, _budget);
        _leases = new LeaseTable(options);
        _streamBells = new Doorbells<StreamKey>(logger);
        _terminalBells = new Doorbells<TerminalKey>(logger);
        Revocations = new MemoryRevocations(time);
        Tickets = new MemoryTickets(time);
        Budgets = new MemoryBudgets(time);
        Log.NotDurable(logger, options.Partitions, options.Memory.StoredBytesMax);
    }

    /// <inheritdoc/>
    public int PartitionCount => _options.Partitions;

    /// <inheritdoc/>
    public bool IsDurable => false;

    /// <inheritdoc/>
    public IRevocationStore Revocations { get; }

    /// <inheritdoc/>
    public ITicketStore Tickets { get; }

    /// <inheritdoc/>
    public ITenantBudgets Budgets { get; }

    /// <inheritdoc/>
    public Task CheckAsync(CancellationToken cancellationToken)
    {
        Enter(cancellationToken);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task<AppendResult> AppendAsync(
        StreamKey stream, IReadOnlyList<EventAppend> batch, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(batch);
        Enter(cancellationToken);
        bool roomWasMade = false;
        while (true)
        {
            switch (StreamOf(stream).TryAppend(batch, NowMs(), out AppendResult? result))
            {
                case AppendAttempt.Done:
                    if (result!.Outcomes.Any(o => o.Status == AppendStatus.Stored))
                    {
                        _streamBells.Ring(stream);
                    }

                    return Task.FromResult(result);
                case AppendAttempt.Full when roomWasMade || !TryMakeRoom(batch.Sum(e => (long)e.Envelope.Length)):
                    throw Full();
                case AppendAttempt.Full:
                    roomWasMade = true;
                    break;
            }
        }
    }

    /// <inheritdoc/>
    public Task<StreamOpening> OpenAsync(StreamKey stream, CancellationToken cancellationToken)
    {
        Enter(cancellationToken);
        return Task.FromResult(StreamOf(stream).Open(NowMs()));
    }

    /// <inheritdoc/>
    public Task<EventRead> ReadAsync(
        StreamKey stream, StreamCursor after, ReadLimit limit, ReadLane lane, CancellationToken cancellationToken)
    {
        RequireRange(limit.Entries, 1, LogLimits.ReadEntriesMax);
        RequireRange(limit.Bytes, 1, LogLimits.ReadBytesMax);
        Enter(cancellationToken);
        return Task.FromResult(StreamOf(stream).Read(after, limit, NowMs()));
    }

    /// <inheritdoc/>
    public Task<EventReadBack> ReadBackAsync(
        StreamKey stream, StreamCursor? before, ReadLimit limit, ReadLane lane, CancellationToken cancellationToken)
    {
        RequireRange(limit.Entries, 1, LogLimits.ReadEntriesMax);
        RequireRange(limit.Bytes, 1, LogLimits.ReadBytesMax);
        Enter(cancellationToken);
        return Task.FromResult(StreamOf(stream).ReadBack(before, limit));
    }

    /// <inheritdoc/>
    public Task<Epoch> RenewEpochAsync(
        StreamKey stream, StreamCursor lost, IReadOnlyList<EntryId> recent, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(recent);
        Enter(cancellationToken);
        return Task.FromResult(StreamOf(stream).RenewEpoch(lost.Epoch, recent));
    }

    /// <inheritdoc/>
    public Task ReportReaderAsync(StreamKey stream, string reader, long offset, CancellationToken cancellationToken)
    {
        Enter(cancellationToken);
        StreamOf(stream).ReportReader(reader, offset, NowMs());
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task<IAsyncDisposable> ListenAsync(
        StreamKey stream, Action<CarriedEvents?> rung, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(rung);
        Enter(cancellationToken);

        // Reading is a look into memory here: nothing would be saved by what came along.
        return Task.FromResult(_streamBells.Listen(stream, () => rung(null)));
    }

    /// <inheritdoc/>
    public Task<PartitionReport> DescribeAsync(int partition, string? tenant, CancellationToken cancellationToken)
    {
        RequireRange(partition, 0, PartitionCount - 1);
        Enter(cancellationToken);
        return Task.FromResult(_streams.Describe(partition, tenant, NowMs()));
    }

    /// <inheritdoc/>
    public Task<SweepReport> SweepAsync(int partition, CancellationToken cancellationToken)
    {
        RequireRange(partition, 0, PartitionCount - 1);
        Enter(cancellationToken);
        long nowMs = NowMs();
        SweepReport streams = _streams.Sweep(partition, nowMs, _streamBells);
        int ended = 0;
        _terminals.Sweep(partition, nowMs, terminal =>
        {
            ended++;
            _terminalBells.Ring(terminal);
        });
        return Task.FromResult(streams with { TerminalsEnded = ended });
    }

    /// <summary>Closes the log: every later call throws. What it held goes with it.</summary>
    public ValueTask DisposeAsync()
    {
        _disposed = true;
        return ValueTask.CompletedTask;
    }

    /// <summary>Bytes kept, as counted against the limit.</summary>
    internal long StoredBytes => _budget.Used;

    private void Enter(CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        cancellationToken.ThrowIfCancellationRequested();
    }

    private EventStreamStore StreamOf(StreamKey stream) => _streams.FindOrAdd(stream, NowMs());

    private bool TryMakeRoom(long bytes)
    {
        int removed = _terminals.MakeRoomFor(bytes);
        if (removed > 0)
        {
            Log.TerminalsRemoved(_logger, removed, _budget.Max);
        }

        return _budget.HasRoomFor(bytes);
    }

    private LogUnavailableException Full()
    {
        long nowMs = NowMs();
        long loggedMs = Volatile.Read(ref _fullLoggedMs);
        if (nowMs - loggedMs >= FullLogIntervalMs
            && Interlocked.CompareExchange(ref _fullLoggedMs, nowMs, loggedMs) == loggedMs)
        {
            Log.Full(_logger, _budget.Used, _budget.Max);
        }

        return new LogUnavailableException(
            LogUnavailableReason.Full,
            $"The embedded log is full: {_budget.Used} of {_budget.Max} bytes. Raise "
                + "event_plane.memory.stored_bytes_max, lower event_plane.retention_hours, or use Redis "
                + "(event_plane.redis.endpoints).");
    }

    private long NowMs() => _time.GetUtcNow().ToUnixTimeMilliseconds();

    private static void RequireRange(
        long value, long min, long max, [CallerArgumentExpression(nameof(value))] string? name = null)
    {
        if (value < min || value > max)
        {
            throw new ArgumentOutOfRangeException(name, value, $"Must be {min} to {max}.");
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "The log is embedded in this process: {Partitions} partitions, at most "
            + "{BytesMax} bytes, not durable. What is published is gone when the process ends; "
            + "set event_plane.redis.endpoints to keep it.")]
        public static partial void NotDurable(ILogger logger, int partitions, long bytesMax);

        [LoggerMessage(2, LogLevel.Warning, "The embedded log reached {BytesMax} bytes: {Count} ended terminals were "
            + "removed before their time. Raise event_plane.memory.stored_bytes_max to keep more.")]
        public static partial void TerminalsRemoved(ILogger logger, int count, long bytesMax);

        [LoggerMessage(3, LogLevel.Warning, "The embedded log is full ({Bytes} of {BytesMax} bytes) and refuses an "
            + "append. Raise event_plane.memory.stored_bytes_max, lower event_plane.retention_hours, or use Redis.")]
        public static partial void Full(ILogger logger, long bytes, long bytesMax);
    }
}

using Microsoft.Extensions.Logging;
using Realtime.Log.Budgets;
using Realtime.Log.Revocations;
using Realtime.Log.Tickets;
using Realtime.Protocol;

namespace Realtime.Log.Redis;

/// <summary>
/// The partitioned log on Redis Streams. Two connections: live for appends, tails and bells, bulk for history,
/// terminals and housekeeping. Needs Redis 6.2 or later, one server or a cluster.
/// </summary>
internal sealed class RedisLog : IPartitionedLog
{
    private readonly LogOptions _options;
    private readonly RedisDoorbells _doorbells = new();
    private readonly RedisConnection _live;
    private readonly RedisConnection _bulk;
    private readonly RedisKeys _keys;
    private readonly RedisLayoutGate _gate;
    private readonly RedisAppends _appends;
    private readonly RedisEventStreams _streams;
    private readonly RedisTerminals _terminals;
    private readonly RedisSweeper _sweeper;
    private readonly RedisLeases _leases;
    private readonly RedisLeaseSweeper _leaseSweeper;
    private readonly RedisDescriber _describer;
    private readonly RedisPromise _promise;
    private readonly RedisMemoryWatch? _memory;

    /// <summary>Begins to connect; a Redis that isn't there yet is waited for in the background.</summary>
    public RedisLog(LogOptions options, TimeProvider time, ILogger<RedisLog> logger, RedisMetrics? metrics = null)
    {
        _options = options;
        _keys = RedisKeys.NotYetKnown();
        _live = new RedisConnection(options.Redis, "live", _doorbells, time, logger, metrics);
        _bulk = new RedisConnection(options.Redis, "bulk", null, time, logger, metrics);
        _gate = new RedisLayoutGate(_live, _keys, options.Partitions);
        var registry = new RedisTerminalRegistry(_bulk, _keys, options, time);
        _appends = new RedisAppends(_live, _keys, options, time);
        _streams = new RedisEventStreams(_live, _bulk, _keys);
        _terminals = new RedisTerminals(_live, _bulk, registry, options);
        _sweeper = new RedisSweeper(
            _bulk, _keys, registry, new RedisClock(_bulk, _keys, options, time), options);
        _leases = new RedisLeases(_live, _keys, registry, options);
        _leaseSweeper = new RedisLeaseSweeper(_leases);
        _describer = new RedisDescriber(_bulk, _keys);
        Revocations = new RedisRevocations(_live, _doorbells);
        Tickets = new RedisTickets(_live);
        Budgets = new RedisBudgets(_live);
        _promise = new RedisPromise(_bulk, options.Redis, logger);
        _memory = metrics is null ? null : new RedisMemoryWatch(_bulk, metrics, time);
    }

    /// <inheritdoc/>
    public int PartitionCount => _options.Partitions;

    /// <inheritdoc/>
    public bool IsDurable => true;

    /// <inheritdoc/>
    public IRevocationStore Revocations { get; }

    /// <inheritdoc/>
    public ITicketStore Tickets { get; }

    /// <inheritdoc/>
    public ITenantBudgets Budgets { get; }

    /// <inheritdoc/>
    public async Task CheckAsync(CancellationToken cancellationToken)
    {
        await _gate.CheckAsync(cancellationToken);
        await _promise.CheckOnceAsync(cancellationToken);
        await (_memory?.LookAsync(cancellationToken) ?? Task.CompletedTask);
    }

    /// <inheritdoc/>
    public async Task<AppendResult> AppendAsync(
        StreamKey stream, IReadOnlyList<EventAppend> batch, CancellationToken cancellationToken)
    {
        await _gate.PassAsync(cancellationToken);
        return await _appends.AppendAsync(stream, batch, cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<StreamOpening> OpenAsync(StreamKey stream, CancellationToken cancellationToken)
    {
        await _gate.PassAsync(cancellationToken);
        return await _streams.OpenAsync(stream, cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<EventRead> ReadAsync(
        StreamKey stream, StreamCursor after, ReadLimit limit, ReadLane lane, CancellationToken cancellationToken)
    {
        Check(limit);
        await _gate.PassAsync(cancellationToken);
        return await _streams.ReadAsync(stream, after, limit, lane, cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<EventReadBack> ReadBackAsync(
        StreamKey stream, StreamCursor? before, ReadLimit limit, ReadLane lane, CancellationToken cancellationToken)
    {
        Check(limit);
        await _gate.PassAsync(cancellationToken);
        return await _streams.ReadBackAsync(stream, before, limit, lane, cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<Epoch> RenewEpochAsync(
        StreamKey stream, StreamCursor lost, IReadOnlyList<EntryId> recent, CancellationToken cancellationToken)
    {
        await _gate.PassAsync(cancellationToken);
        return await _streams.RenewEpochAsync(stream, lost, recent, cancellationToken);
    }

    /// <inheritdoc/>
    public async Task ReportReaderAsync(
        StreamKey stream, string reader, long offset, CancellationToken cancellationToken)
    {
        await _gate.PassAsync(cancellationToken);
        await _streams.ReportReaderAsync(stream, reader, offset, cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<IAsyncDisposable> ListenAsync(
        StreamKey stream, Action<CarriedEvents?> rung, CancellationToken cancellationToken)
    {
        await _gate.PassAsync(cancellationToken);
        return await _doorbells.ListenAsync(
            _live, _keys.Bell(stream), message => rung(RedisBell.Read(message)), cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<PartitionReport> DescribeAsync(int partition, string? tenant, CancellationToken cancellationToken)
    {
        await _gate.PassAsync(cancellationToken);
        return await _describer.DescribeAsync(partition, tenant, cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<TerminalAppendResult> AppendTerminalAsync(
        TerminalKey terminal, TerminalAppend append, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(append.Offset ?? 0, nameof(append));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(append.Offset ?? 0, LogLimits.TerminalOffsetMax, nameof(append));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(
            append.Data.Length, LogLimits.TerminalAppendBytesMax, nameof(append));
        if (append is { AfterLoss: not null, Offset: null })
        {
            throw new ArgumentException("A new life after a loss needs the offset at which it begins.", nameof(append));
        }

        await _gate.PassAsync(cancellationToken);
        return await _terminals.AppendAsync(terminal, append, cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<TerminalResizeResult> ResizeTerminalAsync(
        TerminalKey terminal, TerminalSize size, ProducerClaim? claim, CancellationToken cancellationToken)
    {
        if (!size.IsValid)
        {
            throw new ArgumentOutOfRangeException(nameof(size), size, "Beyond the limits of a terminal's size.");
        }

        await _gate.PassAsync(cancellationToken);
        return await _terminals.ResizeAsync(terminal, size, claim, cancellationToken);
    }

    /// <inheritdoc/>
    public async Task ReportTerminalReaderAsync(
        TerminalKey terminal, string reader, TerminalCursor readTo, CancellationToken cancellationToken)
    {
        await _gate.PassAsync(cancellationToken);
        await _terminals.ReportReaderAsync(terminal, reader, readTo, cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<TerminalEndResult> EndTerminalAsync(
        TerminalKey terminal, int exitCode, ProducerClaim? claim, CancellationToken cancellationToken)
    {
        await _gate.PassAsync(cancellationToken);
        return await _terminals.EndAsync(terminal, exitCode, claim, cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<TerminalBounds?> FindTerminalAsync(TerminalKey terminal, CancellationToken cancellationToken)
    {
        await _gate.PassAsync(cancellationToken);
        return await _terminals.FindAsync(terminal, cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<TerminalRead?> ReadTerminalAsync(
        TerminalKey terminal, TerminalCursor from, int bytesMax, ReadLane lane, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(from.Offset, nameof(from));
        ArgumentOutOfRangeException.ThrowIfLessThan(bytesMax, 1);
        await _gate.PassAsync(cancellationToken);
        return await _terminals.ReadAsync(terminal, from, bytesMax, lane, cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<IAsyncDisposable> ListenTerminalAsync(
        TerminalKey terminal, Action rung, CancellationToken cancellationToken)
    {
        await _gate.PassAsync(cancellationToken);
        return await _doorbells.ListenAsync(_live, RedisKeys.Bell(terminal), _ => rung(), cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<LeaseResult> LeaseAsync(Lease lease, CancellationToken cancellationToken)
    {
        await _gate.PassAsync(cancellationToken);
        return await _leases.LeaseAsync(lease, cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<bool> ReleaseLeaseAsync(
        LeaseKey lease, ProducerClaim holder, CancellationToken cancellationToken)
    {
        await _gate.PassAsync(cancellationToken);
        return await _leases.ReleaseAsync(lease, holder, cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<LeaseSweepReport> SweepLeasesAsync(int partition, CancellationToken cancellationToken)
    {
        await _gate.PassAsync(cancellationToken);
        return await _leaseSweeper.SweepAsync(partition, cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<SweepReport> SweepAsync(int partition, CancellationToken cancellationToken)
    {
        await _gate.PassAsync(cancellationToken);
        return await _sweeper.SweepAsync(partition, cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _live.DisposeAsync();
        await _bulk.DisposeAsync();
    }

    private static void Check(ReadLimit limit)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit.Entries, 1, nameof(limit));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit.Entries, LogLimits.ReadEntriesMax, nameof(limit));
        ArgumentOutOfRangeException.ThrowIfLessThan(limit.Bytes, 1, nameof(limit));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit.Bytes, LogLimits.ReadBytesMax, nameof(limit));
    }
}

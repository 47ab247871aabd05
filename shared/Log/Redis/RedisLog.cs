using System.Globalization;
using Microsoft.Extensions.Logging;
using Realtime.Protocol;
using StackExchange.Redis;

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
    private readonly RedisEventStreams _streams;
    private readonly RedisTerminals _terminals;
    private readonly RedisSweeper _sweeper;
    private readonly RedisDescriber _describer;
    private readonly RedisPromise _promise;

    /// <summary>Begins to connect; a Redis that isn't there yet is waited for in the background.</summary>
    public RedisLog(LogOptions options, TimeProvider time, ILogger<RedisLog> logger)
    {
        _options = options;
        _keys = new RedisKeys(options.Partitions);
        _live = new RedisConnection(options.Redis, "live", _doorbells, time, logger);
        _bulk = new RedisConnection(options.Redis, "bulk", null, time, logger);
        var registry = new RedisTerminalRegistry(_bulk, _keys, options, time);
        _streams = new RedisEventStreams(_live, _bulk, _keys, options);
        _terminals = new RedisTerminals(_live, _bulk, registry, options);
        _sweeper = new RedisSweeper(_bulk, _keys, registry, options);
        _describer = new RedisDescriber(_bulk, _keys);
        _promise = new RedisPromise(_bulk, options.Redis, logger);
    }

    /// <inheritdoc/>
    public int PartitionCount => _options.Partitions;

    /// <inheritdoc/>
    public bool IsDurable => true;

    /// <inheritdoc/>
    public async Task CheckAsync(CancellationToken cancellationToken)
    {
        // Set if absent: a log that was flushed takes the layout of the first process that looks.
        await _live.RunAsync(
            redis => redis.GetDatabase().StringSetAsync(RedisKeys.Layout, _options.Partitions, null, When.NotExists),
            0,
            cancellationToken);
        RedisValue layout = await _live.RunAsync(
            redis => redis.GetDatabase().StringGetAsync(RedisKeys.Layout), 0, cancellationToken);
        if (!int.TryParse((string?)layout, NumberStyles.None, CultureInfo.InvariantCulture, out int partitions)
            || partitions != _options.Partitions)
        {
            throw new LogLayoutException(_options.Partitions, partitions);
        }

        await _promise.CheckOnceAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public Task<AppendResult> AppendAsync(
        StreamKey stream, IReadOnlyList<EventAppend> batch, CancellationToken cancellationToken) =>
        _streams.AppendAsync(stream, batch, cancellationToken);

    /// <inheritdoc/>
    public Task<StreamOpening> OpenAsync(StreamKey stream, CancellationToken cancellationToken) =>
        _streams.OpenAsync(stream, cancellationToken);

    /// <inheritdoc/>
    public Task<EventRead> ReadAsync(
        StreamKey stream, StreamCursor after, ReadLimit limit, ReadLane lane, CancellationToken cancellationToken)
    {
        Check(limit);
        return _streams.ReadAsync(stream, after, limit, lane, cancellationToken);
    }

    /// <inheritdoc/>
    public Task<EventReadBack> ReadBackAsync(
        StreamKey stream, StreamCursor? before, ReadLimit limit, ReadLane lane, CancellationToken cancellationToken)
    {
        Check(limit);
        return _streams.ReadBackAsync(stream, before, limit, lane, cancellationToken);
    }

    /// <inheritdoc/>
    public Task<Epoch> RenewEpochAsync(
        StreamKey stream, StreamCursor lost, IReadOnlyList<EntryId> recent, CancellationToken cancellationToken) =>
        _streams.RenewEpochAsync(stream, lost, recent, cancellationToken);

    /// <inheritdoc/>
    public Task ReportReaderAsync(
        StreamKey stream, string reader, long offset, CancellationToken cancellationToken) =>
        _streams.ReportReaderAsync(stream, reader, offset, cancellationToken);

    /// <inheritdoc/>
    public Task<IAsyncDisposable> ListenAsync(StreamKey stream, Action rung, CancellationToken cancellationToken) =>
        _doorbells.ListenAsync(_live, _keys.Bell(stream), rung, cancellationToken);

    /// <inheritdoc/>
    public Task<PartitionReport> DescribeAsync(int partition, string? tenant, CancellationToken cancellationToken) =>
        _describer.DescribeAsync(partition, tenant, cancellationToken);

    /// <inheritdoc/>
    public Task<TerminalAppendResult> AppendTerminalAsync(
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

        return _terminals.AppendAsync(terminal, append, cancellationToken);
    }

    /// <inheritdoc/>
    public Task<TerminalResizeResult> ResizeTerminalAsync(
        TerminalKey terminal, TerminalSize size, CancellationToken cancellationToken)
    {
        if (!size.IsValid)
        {
            throw new ArgumentOutOfRangeException(nameof(size), size, "Beyond the limits of a terminal's size.");
        }

        return _terminals.ResizeAsync(terminal, size, cancellationToken);
    }

    /// <inheritdoc/>
    public Task ReportTerminalReaderAsync(
        TerminalKey terminal, string reader, TerminalCursor readTo, CancellationToken cancellationToken) =>
        _terminals.ReportReaderAsync(terminal, reader, readTo, cancellationToken);

    /// <inheritdoc/>
    public Task<TerminalEndResult> EndTerminalAsync(
        TerminalKey terminal, int exitCode, CancellationToken cancellationToken) =>
        _terminals.EndAsync(terminal, exitCode, cancellationToken);

    /// <inheritdoc/>
    public Task<TerminalBounds?> FindTerminalAsync(TerminalKey terminal, CancellationToken cancellationToken) =>
        _terminals.FindAsync(terminal, cancellationToken);

    /// <inheritdoc/>
    public Task<TerminalRead?> ReadTerminalAsync(
        TerminalKey terminal, TerminalCursor from, int bytesMax, ReadLane lane, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(from.Offset, nameof(from));
        ArgumentOutOfRangeException.ThrowIfLessThan(bytesMax, 1);
        return _terminals.ReadAsync(terminal, from, bytesMax, lane, cancellationToken);
    }

    /// <inheritdoc/>
    public Task<IAsyncDisposable> ListenTerminalAsync(
        TerminalKey terminal, Action rung, CancellationToken cancellationToken) =>
        _doorbells.ListenAsync(_live, RedisKeys.Bell(terminal), rung, cancellationToken);

    /// <inheritdoc/>
    public Task<SweepReport> SweepAsync(int partition, CancellationToken cancellationToken) =>
        _sweeper.SweepAsync(partition, cancellationToken);

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

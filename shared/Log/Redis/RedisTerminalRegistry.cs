using System.Collections.Concurrent;
using StackExchange.Redis;

namespace Realtime.Log.Redis;

/// <summary>
/// Lists terminals where they can be found again: with their partition, for the sweep, and with their tenant, to
/// bound how many it keeps. Both stand in other slots than the terminal, so they are written before it, and
/// remembered here for a while.
/// </summary>
internal sealed class RedisTerminalRegistry(
    RedisConnection bulk, RedisKeys keys, LogOptions options, TimeProvider time)
{
    // After this the lists are written again, should Redis have lost them and not the terminal.
    private static readonly TimeSpan RememberedFor = TimeSpan.FromMinutes(10);
    private const int RememberedMax = 10_000;
    private const string AllOpen = "!";

    private readonly ConcurrentDictionary<TerminalKey, long> _remembered = new();

    /// <summary>Lists a terminal that may be new, if that wasn't done lately.</summary>
    /// <exception cref="LogUnavailableException">Redis is away, or too many of the tenant's are open.</exception>
    public Task AddAsync(TerminalKey terminal, CancellationToken cancellationToken) =>
        _remembered.TryGetValue(terminal, out long added) && time.GetElapsedTime(added) < RememberedFor
            ? Task.CompletedTask
            : WriteAsync(terminal, isMade: false, cancellationToken);

    /// <summary>
    /// Lists a terminal that was just made: if it was remembered from an earlier life, a sweep may have dropped it.
    /// </summary>
    public Task AddAgainAsync(TerminalKey terminal, CancellationToken cancellationToken) =>
        WriteAsync(terminal, isMade: true, cancellationToken);

    /// <summary>Notes that a terminal has ended, so that it may make room for another of its tenant.</summary>
    public Task EndedAsync(TerminalKey terminal, CancellationToken cancellationToken) => bulk.EvaluateAsync(
        RedisScript.TerminalEnded, [RedisKeys.TerminalsOf(terminal.Tenant)], [terminal.Task], 0, cancellationToken);

    private async Task WriteAsync(TerminalKey terminal, bool isMade, CancellationToken cancellationToken)
    {
        RedisResult room = await bulk.EvaluateAsync(
            RedisScript.TerminalAdmit,
            [RedisKeys.TerminalsOf(terminal.Tenant)],
            [
                terminal.Task,
                options.Terminal.RetainedPerTenantMax,
                (long)options.Terminal.RetentionAfterEnd.TotalMilliseconds,
                isMade ? 1 : 0,
            ],
            0,
            cancellationToken);
        string oldest = (string)room;
        if (oldest == AllOpen)
        {
            throw new LogUnavailableException(
                LogUnavailableReason.Full,
                $"The tenant has {options.Terminal.RetainedPerTenantMax} open terminals. "
                    + "End some, or raise event_plane:terminal:retained_per_tenant_max.");
        }

        if (oldest.Length > 0)
        {
            RedisKey[] gone = RedisKeys.Of(terminal with { Task = oldest });
            await bulk.RunAsync(redis => redis.GetDatabase().KeyDeleteAsync(gone), 0, cancellationToken);
        }

        // 0: to be looked at by the next sweep, which then knows by Redis' own clock when to look again.
        int partition = Partitioner.Of(terminal.Tenant, terminal.Task, options.Partitions);
        await bulk.EvaluateAsync(
            RedisScript.TerminalList,
            [keys.Terminals(partition), keys.Streams(partition)],
            [RedisKeys.Member(terminal)],
            0,
            cancellationToken);
        if (_remembered.Count >= RememberedMax)
        {
            _remembered.Clear();
        }

        _remembered[terminal] = time.GetTimestamp();
    }
}

using Microsoft.Extensions.Logging;

namespace Realtime.Log.Redis.Repartitioning;

/// <summary>
/// Changes the number of partitions of a log on Redis: seals the old ones, copies what they hold into new ones, puts
/// those in force by one compare-and-set, removes the old ones. Ended at any point it can be resumed or, until the new
/// ones are in force, aborted; nothing acknowledged is lost by either.
/// </summary>
/// <remarks>
/// <code>
///   rt:layout   16  ->  16>7.1        ->  7.1&lt;16       ->  7.1
///                       seal, copy        remove the old
///                       abort: undo, 16
/// </code>
/// While sealed, appends fail with <see cref="LogUnavailableReason.Repartitioning"/> and reads go on. The new streams
/// have new epochs, so viewers that resume are told by a gap.
/// </remarks>
public sealed class Repartition : IAsyncDisposable
{
    private readonly LogOptions _options;
    private readonly RedisConnection _connection;
    private readonly Action<RepartitionProgress> _progress;
    private long _events;

    /// <summary>Begins to connect.</summary>
    /// <param name="options">Where Redis is; the number of partitions in it does not matter here.</param>
    /// <param name="time">The clock for timeouts.</param>
    /// <param name="logger">Told of the connection.</param>
    /// <param name="progress">Told of each step; what it throws ends the run, which can be resumed.</param>
    public Repartition(
        LogOptions options, TimeProvider time, ILogger<Repartition> logger, Action<RepartitionProgress> progress)
    {
        _options = options;
        _progress = progress;
        _connection = new RedisConnection(options.Redis, "repartition", null, time, logger);
    }

    /// <summary>Begins a repartition and carries it through.</summary>
    /// <exception cref="RepartitionException">It cannot begin, or not go on; the message says why.</exception>
    /// <exception cref="LogUnavailableException">Redis is away; resume when it is back.</exception>
    public async Task RunAsync(int partitions, CancellationToken stopping)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(partitions, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(partitions, 1024);
        var store = new RepartitionStore(_connection, stopping);
        RedisLayout layout = await ReadAsync(store);
        if (layout.Target is not null || layout.Leftover is not null)
        {
            throw new RepartitionException(
                $"A repartition was begun and not finished (rt:layout is \"{layout}\"). Use --resume"
                    + (layout.Target is null ? "." : " or --abort."));
        }

        if (layout.InForce.Partitions == partitions)
        {
            throw new RepartitionException($"The log has {partitions} partitions already.");
        }

        await RepartitionRoom.CheckAsync(_connection, new RedisKeys(layout.InForce), _options, stopping);
        var copying = layout with { Target = new RedisGeneration(partitions, layout.InForce.Number + 1) };
        await store.ReplaceLayoutAsync(layout, copying);
        await CopyAsync(store, copying);
    }

    /// <summary>Carries on one that was interrupted.</summary>
    /// <inheritdoc cref="RunAsync"/>
    public async Task ResumeAsync(CancellationToken stopping)
    {
        var store = new RepartitionStore(_connection, stopping);
        RedisLayout layout = await ReadAsync(store);
        if (layout.Target is not null)
        {
            await CopyAsync(store, layout);
        }
        else if (layout.Leftover is not null)
        {
            await RemoveAsync(store, layout);
        }
        else
        {
            throw new RepartitionException("There is nothing to resume: no repartition was begun.");
        }
    }

    /// <summary>Undoes one whose new partitions are not in force yet; the old ones take events again.</summary>
    /// <inheritdoc cref="RunAsync"/>
    public async Task AbortAsync(CancellationToken stopping)
    {
        var store = new RepartitionStore(_connection, stopping);
        RedisLayout layout = await ReadAsync(store);
        if (layout.Target is not { } target)
        {
            throw new RepartitionException(layout.Leftover is null
                ? "There is nothing to abort: no repartition was begun."
                : "It is too late to abort: the new partitions are in force. Use --resume.");
        }

        var from = new RedisKeys(layout.InForce);
        var to = new RedisKeys(target);
        var leases = new LeaseCopy(store);
        await store.DeleteAsync(RedisKeys.Copied);
        string[] tenants = await TenantsAsync(store, from);
        for (int i = 0; i < tenants.Length; i++)
        {
            _progress(new RepartitionProgress(RepartitionPhase.Undoing, i, tenants.Length, 0));
            await DeleteAsync(store, to, tenants[i]);
        }

        for (int partition = 0; partition < to.Partitions; partition++)
        {
            await store.DeleteAsync(to.Streams(partition), to.Terminals(partition));
            await leases.DeleteAsync(to, partition);
        }

        for (int partition = 0; partition < from.Partitions; partition++)
        {
            await leases.ForgetSweepAsync(from, partition);
            await store.UnsealAsync(from.Streams(partition));
        }

        await store.ReplaceLayoutAsync(layout, layout with { Target = null });
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _connection.DisposeAsync();

    private static async Task<RedisLayout> ReadAsync(RepartitionStore store) =>
        await store.ReadLayoutAsync() is not { } text
            ? throw new RepartitionException("There is no log: rt:layout is not there. Is this the right Redis?")
            : RedisLayout.TryParse(text, out RedisLayout layout)
                ? layout
                : throw new RepartitionException($"rt:layout is \"{text}\", which this version does not know.");

    private async Task CopyAsync(RepartitionStore store, RedisLayout layout)
    {
        var from = new RedisKeys(layout.InForce);
        var to = new RedisKeys(layout.Target!.Value);
        for (int partition = 0; partition < from.Partitions; partition++)
        {
            _progress(new RepartitionProgress(RepartitionPhase.Sealing, 0, 0, 0));
            await store.SealAsync(from.Streams(partition));
        }

        string[] tenants = await TenantsAsync(store, from);
        HashSet<string> copied = await store.ReadCopiedAsync();
        for (int i = 0; i < tenants.Length; i++)
        {
            string tenant = tenants[i];
            if (!copied.Contains(tenant))
            {
                // What an attempt left that was interrupted.
                await DeleteAsync(store, to, tenant);
                await new TenantCopy(
                    store, tenant, from, to, events => TellAsync(i, tenants.Length, events)).RunAsync();
                await store.NoteCopiedAsync(tenant);
            }
        }

        await new HousekeepingCopy(store).RunAsync(from, to);
        await new LeaseCopy(store).RunAsync(from, to);
        _progress(new RepartitionProgress(RepartitionPhase.Copying, tenants.Length, tenants.Length, _events));
        var removing = new RedisLayout(layout.Target.Value, Leftover: layout.InForce);
        await store.ReplaceLayoutAsync(layout, removing);
        await RemoveAsync(store, removing);
    }

    private async Task RemoveAsync(RepartitionStore store, RedisLayout layout)
    {
        var old = new RedisKeys(layout.Leftover!.Value);
        var leases = new LeaseCopy(store);
        string[] tenants = await TenantsAsync(store, old);
        for (int i = 0; i < tenants.Length; i++)
        {
            _progress(new RepartitionProgress(RepartitionPhase.Removing, i, tenants.Length, _events));
            await DeleteAsync(store, old, tenants[i]);
        }

        await store.DeleteAsync(RedisKeys.Copied);
        for (int partition = 0; partition < old.Partitions; partition++)
        {
            // The seals stay for ever: a process that slept through it all must not write there.
            await store.DeleteAsync(old.Terminals(partition));
            await leases.DeleteAsync(old, partition);
        }

        await store.ReplaceLayoutAsync(layout, layout with { Leftover = null });
        _progress(new RepartitionProgress(RepartitionPhase.Removing, tenants.Length, tenants.Length, _events));
    }

    private static async Task<string[]> TenantsAsync(RepartitionStore store, RedisKeys keys)
    {
        var tenants = new SortedSet<string>(StringComparer.Ordinal);
        for (int partition = 0; partition < keys.Partitions; partition++)
        {
            await foreach ((string member, _) in store.ReadSetAsync(keys.Streams(partition)))
            {
                if (member[0] != RedisKeys.NoTenant)
                {
                    tenants.Add(member);
                }
            }
        }

        return [.. tenants];
    }

    /// <summary>Deletes all of a tenant's streams, and its name last, so that it is found again if this ends.</summary>
    private static async Task DeleteAsync(RepartitionStore store, RedisKeys keys, string tenant)
    {
        for (int partition = 0; partition < keys.Partitions; partition++)
        {
            var stream = new StreamKey(tenant, partition);
            string start = keys.IdempotencyStart(stream);
            foreach ((string, double)[] page in (await store.ReadWholeSetAsync(keys.Of(stream)[6])).Chunk(256))
            {
                await store.DeleteAsync([.. page.Select(key => (StackExchange.Redis.RedisKey)(start + key.Item1))]);
            }

            await store.DeleteAsync(keys.OwnOf(stream));
            await store.RemoveTenantAsync(keys.Streams(partition), tenant);
        }
    }

    private Task TellAsync(int done, int all, int events)
    {
        _events += events;
        _progress(new RepartitionProgress(RepartitionPhase.Copying, done, all, _events));
        return Task.CompletedTask;
    }
}

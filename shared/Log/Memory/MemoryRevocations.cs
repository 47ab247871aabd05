using System.Collections.Immutable;
using Realtime.Log.Revocations;
using Realtime.Protocol;

namespace Realtime.Log.Memory;

/// <summary>Revocations of one process.</summary>
internal sealed class MemoryRevocations(TimeProvider time) : IRevocationStore
{
    private readonly Lock _gate = new();
    private readonly string _life = Epoch.Create().ToString();
    private readonly Dictionary<RevocationKey, Entry> _entries = [];
    private readonly SortedList<long, RevocationKey> _changes = [];
    private ImmutableArray<Action> _listeners = [];
    private long _version;

    private sealed record Entry(long Version, long UntilMs, Revocation? Revocation);

    public Task<bool> AddAsync(Revocation revocation, int entriesMax, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_gate)
        {
            ForgetPast();
            if (!_entries.TryGetValue(revocation.Key, out Entry? entry) && _entries.Count >= entriesMax)
            {
                return Task.FromResult(false);
            }

            if (entry?.Revocation is { } stands)
            {
                if (stands.RevokedAtMs >= revocation.RevokedAtMs && stands.UntilMs >= revocation.UntilMs)
                {
                    return Task.FromResult(true);
                }

                Revocation later = stands.RevokedAtMs > revocation.RevokedAtMs ? stands : revocation;
                revocation = later with { UntilMs = Math.Max(stands.UntilMs, revocation.UntilMs) };
            }

            Change(revocation.Key, revocation.UntilMs, revocation);
        }

        Ring();
        return Task.FromResult(true);
    }

    public Task<bool> RemoveAsync(RevocationKey key, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_gate)
        {
            if (!_entries.TryGetValue(key, out Entry? entry) || entry.Revocation is null)
            {
                return Task.FromResult(false);
            }

            Change(key, entry.UntilMs, null);
        }

        Ring();
        return Task.FromResult(true);
    }

    public Task<RevocationChanges> ReadAsync(
        RevocationPlace after, int countMax, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_gate)
        {
            bool isRestart = after.Life != _life || after.Version > _version;
            long from = isRestart ? 0 : after.Version;
            RevocationKey[] changed =
                [.. _changes.Where(change => change.Key > from).Take(countMax).Select(change => change.Value)];
            bool hasMore = changed.Length == countMax;
            long reached = hasMore ? _entries[changed[^1]].Version : _version;
            return Task.FromResult(new RevocationChanges(
                new RevocationPlace(_life, reached),
                [.. changed.Select(key => new RevocationChange(key, _entries[key].Revocation))],
                isRestart, hasMore));
        }
    }

    public Task<IAsyncDisposable> ListenAsync(Action rung, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        ImmutableInterlocked.Update(ref _listeners, static (listeners, one) => listeners.Add(one), rung);
        return Task.FromResult<IAsyncDisposable>(new Listener(this, rung));
    }

    private void Change(RevocationKey key, long untilMs, Revocation? revocation)
    {
        if (_entries.TryGetValue(key, out Entry? before))
        {
            _changes.Remove(before.Version);
        }

        _entries[key] = new Entry(++_version, untilMs, revocation);
        _changes.Add(_version, key);
    }

    private void ForgetPast()
    {
        long now = time.GetUtcNow().ToUnixTimeMilliseconds();
        foreach ((RevocationKey key, Entry entry) in _entries.Where(entry => entry.Value.UntilMs <= now).ToArray())
        {
            _entries.Remove(key);
            _changes.Remove(entry.Version);
        }
    }

    private void Ring()
    {
        foreach (Action rung in _listeners)
        {
            rung();
        }
    }

    private sealed class Listener(MemoryRevocations store, Action rung) : IAsyncDisposable
    {
        public ValueTask DisposeAsync()
        {
            ImmutableInterlocked.Update(
                ref store._listeners, static (listeners, one) => listeners.Remove(one), rung);
            return ValueTask.CompletedTask;
        }
    }
}

using System.Collections.Concurrent;
using Realtime.Hosting.Identity;
using Realtime.Log.Revocations;

namespace Realtime.Workers.Revocations;

/// <summary>
/// All revocations, in this worker's memory: what is asked at every request, and of every open connection. Orders and
/// the log's changes write it, anybody asks.
/// </summary>
internal sealed class RevocationSet(RevocationOptions options, TimeProvider clock)
{
    private readonly ConcurrentDictionary<RevocationKey, Revocation> _entries = new();
    private volatile bool _isKnown;

    /// <summary>Whether the log's were read since the start. Before that nobody can be let in.</summary>
    public bool IsKnown => _isKnown;

    public int Count => _entries.Count;

    public IEnumerable<Revocation> All => _entries.Select(static pair => pair.Value);

    /// <summary>Whether a token is not accepted any more.</summary>
    public bool IsRevoked(Identity identity) =>
        !_entries.IsEmpty
        && (Refuses(RevocationKey.OfTenant(identity.Tenant), identity)
            || Refuses(RevocationKey.OfSubject(identity.Tenant, identity.Subject), identity)
            || (identity.TokenId is { } token && Refuses(RevocationKey.OfToken(identity.Tenant, token), identity)));

    public void Known() => _isKnown = true;

    public bool Has(RevocationKey key) => _entries.ContainsKey(key);

    /// <summary>
    /// Adds one; of two of one key the later order and the longer time stand. False if there is no room.
    /// </summary>
    public bool TryAdd(Revocation revocation)
    {
        if (_entries.Count >= options.EntriesMax && !_entries.ContainsKey(revocation.Key))
        {
            return false;
        }

        _entries.AddOrUpdate(revocation.Key, revocation, (_, stands) => Later(stands, revocation));
        return true;
    }

    public bool Remove(RevocationKey key) => _entries.TryRemove(key, out _);

    /// <summary>Drops those whose time is over.</summary>
    public void Forget()
    {
        long now = NowMs();
        foreach ((RevocationKey key, Revocation revocation) in _entries)
        {
            if (revocation.UntilMs <= now)
            {
                _entries.TryRemove(new(key, revocation));
            }
        }
    }

    private bool Refuses(RevocationKey key, Identity identity) =>
        _entries.TryGetValue(key, out Revocation? revocation)
        && revocation.UntilMs > NowMs()
        && revocation.Refuses(identity.IssuedAt);

    private static Revocation Later(Revocation stands, Revocation other)
    {
        Revocation later = stands.RevokedAtMs > other.RevokedAtMs ? stands : other;
        return later with { UntilMs = Math.Max(stands.UntilMs, other.UntilMs) };
    }

    private long NowMs() => clock.GetUtcNow().ToUnixTimeMilliseconds();
}

using Realtime.Log.Tickets;

namespace Realtime.Log.Memory;

/// <summary>Tickets of one process.</summary>
internal sealed class MemoryTickets(TimeProvider time) : ITicketStore
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Kept> _tickets = new(StringComparer.Ordinal);

    // By tenant, so that nobody pays for the tickets of others; each list in the order in which it was made.
    private readonly Dictionary<string, List<string>> _ofTenants = new(StringComparer.Ordinal);

    private sealed record Kept(TicketRecord Record, DateTimeOffset Until, DateTimeOffset TokenEnds);

    public Task<bool> TryAddAsync(
        string hash, TicketRecord record, TimeSpan lifetime, int outstandingMax, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_gate)
        {
            List<string> own = _ofTenants.GetValueOrDefault(record.Tenant) ?? [];
            own.RemoveAll(IsOver);
            bool hasRoom = own.Count < outstandingMax;
            if (hasRoom)
            {
                DateTimeOffset now = time.GetUtcNow();
                _tickets[hash] = new Kept(record, now + lifetime, now + record.TokenLeft);
                own.Add(hash);
            }

            Keep(record.Tenant, own);
            return Task.FromResult(hasRoom);
        }
    }

    public Task<TicketRecord?> TakeAsync(string hash, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_gate)
        {
            if (!_tickets.Remove(hash, out Kept? kept))
            {
                return Task.FromResult<TicketRecord?>(null);
            }

            List<string> own = _ofTenants[kept.Record.Tenant];
            own.Remove(hash);
            Keep(kept.Record.Tenant, own);
            DateTimeOffset now = time.GetUtcNow();
            return Task.FromResult(kept.Until > now
                ? kept.Record with { TokenLeft = kept.TokenEnds - now }
                : null);
        }
    }

    private bool IsOver(string hash)
    {
        if (_tickets[hash].Until > time.GetUtcNow())
        {
            return false;
        }

        _tickets.Remove(hash);
        return true;
    }

    private void Keep(string tenant, List<string> own)
    {
        if (own.Count == 0)
        {
            _ofTenants.Remove(tenant);
        }
        else
        {
            _ofTenants[tenant] = own;
        }
    }
}

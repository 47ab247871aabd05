using System.Collections.Concurrent;

namespace Realtime.Log.Memory;

/// <summary>
/// All terminals of the embedded log. Only ended terminals are ever removed, so an append that still holds a removed
/// one is refused as ended and nothing acknowledged is lost.
/// </summary>
internal sealed class TerminalDirectory(LogOptions options, ByteBudget budget)
{
    private readonly ConcurrentDictionary<TerminalKey, TerminalStore> _terminals = new();
    private readonly Dictionary<string, int> _countByTenant = new(StringComparer.Ordinal);

    // Held to make and remove; finding takes no lock.
    private readonly Lock _gate = new();

    public TerminalStore? Find(TerminalKey key) => _terminals.GetValueOrDefault(key);

    /// <summary>Finds or makes a terminal.</summary>
    /// <exception cref="LogUnavailableException">The tenant has as many as it may, all of them open.</exception>
    public TerminalStore FindOrAdd(TerminalKey key, long nowMs)
    {
        if (_terminals.TryGetValue(key, out TerminalStore? found))
        {
            return found;
        }

        lock (_gate)
        {
            if (_terminals.TryGetValue(key, out found))
            {
                return found;
            }

            int count = _countByTenant.GetValueOrDefault(key.Tenant);
            if (count >= options.Terminal.RetainedPerTenantMax && !RemoveEnded(key.Tenant))
            {
                throw new LogUnavailableException(
                    LogUnavailableReason.Full,
                    $"A tenant has {count} open terminals, as many as it may: end some, or raise "
                        + "event_plane.terminal.retained_per_tenant_max.");
            }

            int partition = Partitioner.Of(key.Tenant, key.Task, options.Partitions);
            TerminalStore terminal = new(key, partition, options, budget, nowMs);
            _terminals[key] = terminal;
            _countByTenant[key.Tenant] = _countByTenant.GetValueOrDefault(key.Tenant) + 1;
            return terminal;
        }
    }

    /// <summary>Ends the idle terminals of a partition and removes those that ended long enough ago.</summary>
    /// <param name="partition">The partition.</param>
    /// <param name="nowMs">The log's clock.</param>
    /// <param name="ended">Called for each that was ended now.</param>
    public void Sweep(int partition, long nowMs, Action<TerminalKey> ended)
    {
        foreach (TerminalStore terminal in _terminals.Values)
        {
            if (terminal.Partition != partition)
            {
                continue;
            }

            if (terminal.TryEndIdle(nowMs))
            {
                ended(terminal.Key);
            }
            else if (terminal.EndedMs is { } endedMs
                && nowMs - endedMs >= options.Terminal.RetentionAfterEnd.TotalMilliseconds)
            {
                Remove(terminal);
            }
        }
    }

    /// <summary>Removes ended terminals, ended longest ago first, until so many bytes fit or none is left.</summary>
    /// <returns>How many went.</returns>
    public int MakeRoomFor(long bytes)
    {
        // An eighth more than asked for, so that a full log doesn't sort its terminals for every append.
        long wanted = bytes + budget.Max / 8;
        int removed = 0;
        lock (_gate)
        {
            foreach (TerminalStore terminal in EndedByAge(_terminals.Values))
            {
                if (budget.HasRoomFor(wanted))
                {
                    break;
                }

                Remove(terminal);
                removed++;
            }
        }

        return removed;
    }

    private bool RemoveEnded(string tenant)
    {
        TerminalStore? oldest = EndedByAge(_terminals.Values.Where(t => t.Key.Tenant == tenant)).FirstOrDefault();
        if (oldest is null)
        {
            return false;
        }

        Remove(oldest);
        return true;
    }

    private void Remove(TerminalStore terminal)
    {
        lock (_gate)
        {
            if (!_terminals.TryRemove(new(terminal.Key, terminal)))
            {
                return;
            }

            terminal.Discard();
            int left = _countByTenant[terminal.Key.Tenant] - 1;
            _countByTenant[terminal.Key.Tenant] = left;
            if (left == 0)
            {
                _countByTenant.Remove(terminal.Key.Tenant);
            }
        }
    }

    private static IEnumerable<TerminalStore> EndedByAge(IEnumerable<TerminalStore> terminals) => terminals
        .Select(terminal => (Terminal: terminal, terminal.EndedMs))
        .Where(t => t.EndedMs is not null)
        .OrderBy(t => t.EndedMs)
        .Select(t => t.Terminal);
}

using System.Collections.Concurrent;
using Realtime.Log;
using Realtime.Log.Budgets;

namespace Realtime.Workers.Budgets;

/// <summary>
/// What producers may send over all workers: each tenant, and all together. And the tickets that a tenant may have
/// made, apart from its events: who publishes too much keeps no viewer out.
/// </summary>
internal sealed class RateBudgets : IAsyncDisposable
{
    // So many tenants are looked at for such that may be forgotten.
    private const int TenantsMax = 10_000;

    // Behind the tenant: no tenant's name holds it.
    private const string Tickets = "/tickets";
    private static readonly TimeSpan ForgottenAfter = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<string, RateBudget> _tenants = new(StringComparer.Ordinal);
    private readonly RateBudget _all;
    private readonly BudgetRates _rates;
    private readonly BudgetRates _tickets;
    private readonly IPartitionedLog _log;
    private readonly BudgetMetrics _metrics;
    private readonly TimeProvider _clock;

    public RateBudgets(IPartitionedLog log, BudgetOptions options, BudgetMetrics metrics, TimeProvider clock)
    {
        _log = log;
        _metrics = metrics;
        _clock = clock;
        _rates = new BudgetRates(options.EventsPerSecond, options.BytesPerSecond);
        _tickets = new BudgetRates(options.TicketsPerSecond, BudgetRates.NoLimit);
        _all = new RateBudget(
            log.Budgets, null, new BudgetRates(options.MessagesPerSecond, BudgetRates.NoLimit), metrics, clock);
    }

    /// <summary>
    /// Lets so many messages of a tenant through, all or none: then says how long they have to wait. Zero: they may go.
    /// </summary>
    /// <param name="tenant">Whose.</param>
    /// <param name="messages">Events, or one append to a terminal.</param>
    /// <param name="use">What the tenant uses by them.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    public async ValueTask<TimeSpan> TakeAsync(
        string tenant, int messages, BudgetUse use, CancellationToken cancellationToken)
    {
        var ofAll = new BudgetUse(messages, 0);
        TimeSpan wait = await _all.TakeAsync(ofAll, cancellationToken);
        if (wait > TimeSpan.Zero)
        {
            _metrics.Refused("messages");
            return wait;
        }

        RateBudget own = _tenants.GetValueOrDefault(tenant) ?? Add(tenant, _rates);
        wait = await own.TakeAsync(use, cancellationToken);
        if (wait > TimeSpan.Zero)
        {
            _all.GiveBack(ofAll);
            _metrics.Refused(own.IsClosedByBytes ? "tenant_bytes" : "tenant_events");
        }

        return wait;
    }

    /// <summary>Lets one more ticket of a tenant be made, or says how long that has to wait.</summary>
    public async ValueTask<TimeSpan> TakeTicketAsync(string tenant, CancellationToken cancellationToken)
    {
        string name = tenant + Tickets;
        RateBudget own = _tenants.GetValueOrDefault(name) ?? Add(name, _tickets);
        TimeSpan wait = await own.TakeAsync(new BudgetUse(1, 0), cancellationToken);
        if (wait > TimeSpan.Zero)
        {
            _metrics.Refused("tenant_tickets");
        }

        return wait;
    }

    public async ValueTask DisposeAsync() =>
        await Task.WhenAll(_tenants.Values.Append(_all).Select(static budget => budget.EndAsync()));

    private RateBudget Add(string tenant, BudgetRates rates)
    {
        if (_tenants.Count >= TenantsMax)
        {
            foreach ((string idle, RateBudget budget) in _tenants.Where(one => one.Value.Idle > ForgottenAfter))
            {
                _tenants.TryRemove(new(idle, budget));
            }
        }

        return _tenants.GetOrAdd(
            tenant,
            static (one, of) => new RateBudget(of.All._log.Budgets, one, of.Rates, of.All._metrics, of.All._clock),
            (All: this, Rates: rates));
    }
}

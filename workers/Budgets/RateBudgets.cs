using System.Collections.Concurrent;
using Realtime.Log;
using Realtime.Log.Budgets;

namespace Realtime.Workers.Budgets;

/// <summary>What producers may send over all workers: each tenant, and all together.</summary>
internal sealed class RateBudgets : IAsyncDisposable
{
    // So many tenants are looked at for such that may be forgotten.
    private const int TenantsMax = 10_000;
    private static readonly TimeSpan ForgottenAfter = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<string, RateBudget> _tenants = new(StringComparer.Ordinal);
    private readonly RateBudget _all;
    private readonly BudgetRates _rates;
    private readonly IPartitionedLog _log;
    private readonly BudgetMetrics _metrics;
    private readonly TimeProvider _clock;

    public RateBudgets(IPartitionedLog log, BudgetOptions options, BudgetMetrics metrics, TimeProvider clock)
    {
        _log = log;
        _metrics = metrics;
        _clock = clock;
        _rates = new BudgetRates(options.EventsPerSecond, options.BytesPerSecond);
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

        RateBudget own = _tenants.GetValueOrDefault(tenant) ?? Add(tenant);
        wait = await own.TakeAsync(use, cancellationToken);
        if (wait > TimeSpan.Zero)
        {
            _all.GiveBack(ofAll);
            _metrics.Refused(own.IsClosedByBytes ? "tenant_bytes" : "tenant_events");
        }

        return wait;
    }

    public async ValueTask DisposeAsync() =>
        await Task.WhenAll(_tenants.Values.Append(_all).Select(static budget => budget.EndAsync()));

    private RateBudget Add(string tenant)
    {
        if (_tenants.Count >= TenantsMax)
        {
            foreach ((string idle, RateBudget budget) in _tenants.Where(one => one.Value.Idle > ForgottenAfter))
            {
                _tenants.TryRemove(new(idle, budget));
            }
        }

        return _tenants.GetOrAdd(
            tenant, static (one, all) => new RateBudget(all._log.Budgets, one, all._rates, all._metrics, all._clock),
            this);
    }
}

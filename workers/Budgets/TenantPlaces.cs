using System.Collections.Concurrent;
using Realtime.Hosting.Identity;
using Realtime.Log;
using Realtime.Log.Budgets;

namespace Realtime.Workers.Budgets;

/// <summary>
/// The places that connections take among all of their tenant and subject, over all workers. A place is asked for at
/// the log, and is left here: what changed is told once a second, and everything again every third of the lease. While
/// the log does not answer a worker goes by its share: the limit, divided by the workers that it last knew of.
/// </summary>
internal sealed partial class TenantPlaces(
    IPartitionedLog log, BudgetOptions options, WorkerOptions worker, BudgetMetrics metrics, TimeProvider clock,
    ILogger<TenantPlaces> logger) : BackgroundService
{
    private static readonly TimeSpan ReportInterval = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<string, HeldPlaces> _tenants = new(StringComparer.Ordinal);
    private readonly PlaceLimits _limits = new(options.TenantConnectionsMax, options.SubjectConnectionsMax);
    private bool _isAway;

    /// <summary>
    /// Takes a place. Whose are all taken, if that is why there was none; else the place must be left again.
    /// </summary>
    public async ValueTask<PlaceRefusal> EnterAsync(Identity identity, CancellationToken cancellationToken)
    {
        HeldPlaces held = Enter(identity, out PlaceCount own);
        PlaceRefusal refusal;
        try
        {
            PlaceAnswer answer = await log.Budgets.EnterAsync(
                HolderOf(identity.Tenant), own, _limits, cancellationToken);
            held.Workers = answer.Workers;
            refusal = answer.Refusal;
            metrics.Settled();
        }
        catch (LogUnavailableException)
        {
            metrics.Unknown();
            refusal = RefuseByShare(held, own);
        }
        catch
        {
            held.Leave(identity.Subject);
            throw;
        }

        if (refusal != PlaceRefusal.None)
        {
            held.Leave(identity.Subject);
            metrics.Refused(refusal == PlaceRefusal.Tenant ? "tenant_connections" : "subject_connections");
        }

        return refusal;
    }

    /// <summary>Leaves a place that was taken.</summary>
    public void Leave(Identity identity) => _tenants[identity.Tenant].Leave(identity.Subject);

    /// <summary>Tells the log what changed, and what has to be told again; once a second.</summary>
    public async Task ReportAsync(CancellationToken stopping)
    {
        foreach ((string tenant, HeldPlaces held) in _tenants)
        {
            if (!held.IsToBeTold(options.ConnectionLease / 3, clock))
            {
                continue;
            }

            try
            {
                await ReportAsync(tenant, held, stopping);
                _isAway = false;
            }
            catch (LogUnavailableException unavailable)
            {
                metrics.Unknown();
                if (!_isAway)
                {
                    Log.Untold(logger, unavailable.Reason);
                }

                // The next round tries again; the others would fail alike.
                _isAway = true;
                return;
            }
        }
    }

    /// <summary>Says last what is left, which is nothing where all connections were closed before.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        try
        {
            await ReportAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            // No time is left: the lease runs out.
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            using var timer = new PeriodicTimer(ReportInterval, clock);
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                await ReportAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The end of the process.
        }
    }

    private async Task ReportAsync(string tenant, HeldPlaces held, CancellationToken stopping)
    {
        (int total, KeyValuePair<string, int>[] changed) = held.TakeChanges(clock);
        try
        {
            if (!await log.Budgets.ReportAsync(HolderOf(tenant), total, changed, stopping))
            {
                // It knew nothing of us: lost, or our lease ran out.
                await log.Budgets.ReportAsync(HolderOf(tenant), total, held.All(), stopping);
            }

            metrics.Settled();
        }
        catch
        {
            held.Untold(changed);
            throw;
        }

        if (total == 0 && held.TryForget())
        {
            _tenants.TryRemove(new(tenant, held));
        }
    }

    private HeldPlaces Enter(Identity identity, out PlaceCount own)
    {
        while (true)
        {
            HeldPlaces held = _tenants.GetOrAdd(identity.Tenant, static _ => new HeldPlaces());
            if (held.TryEnter(identity.Subject, out own))
            {
                return held;
            }
        }
    }

    private PlaceRefusal RefuseByShare(HeldPlaces held, PlaceCount own) =>
        own.Total > Share(_limits.OfTenant, held.Workers) ? PlaceRefusal.Tenant
        : own.OfSubject > Share(_limits.OfSubject, held.Workers) ? PlaceRefusal.Subject
        : PlaceRefusal.None;

    private static int Share(int limit, int workers) => (limit + workers - 1) / workers;

    private PlaceHolder HolderOf(string tenant) => new(tenant, worker.Name, options.ConnectionLease);

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning,
            "How many connections tenants have could not be told to the log ({Reason}). New ones go by this worker's "
            + "share of the limits until it is back.")]
        public static partial void Untold(ILogger logger, LogUnavailableReason reason);
    }
}

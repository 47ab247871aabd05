using Realtime.Protocol;

namespace Realtime.Log.Memory;

public sealed partial class MemoryLog
{
    private readonly Lock _leaseGate = new();
    private readonly LeaseTable _leases;

    /// <inheritdoc/>
    public Task<LeaseResult> LeaseAsync(Lease lease, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(lease);
        Enter(cancellationToken);
        lock (_leaseGate)
        {
            return Task.FromResult(TakeLease(lease));
        }
    }

    /// <inheritdoc/>
    public Task<bool> ReleaseLeaseAsync(LeaseKey lease, ProducerClaim holder, CancellationToken cancellationToken)
    {
        Enter(cancellationToken);
        lock (_leaseGate)
        {
            bool isHeld = _leases.Find(lease)?.Lease.Holder is { } held
                && held.Producer == holder.Producer && held.Epoch <= holder.Epoch;
            if (isHeld)
            {
                _leases.Remove(lease);
            }

            if (lease.Kind == LeaseKind.Task)
            {
                _terminals.Find(lease.Terminal)?.Unclaim(holder, exitCode: null, NowMs());
            }

            return Task.FromResult(isHeld);
        }
    }

    /// <inheritdoc/>
    public Task<LeaseSweepReport> SweepLeasesAsync(int partition, CancellationToken cancellationToken)
    {
        RequireRange(partition, 0, PartitionCount - 1);
        Enter(cancellationToken);
        lock (_leaseGate)
        {
            IReadOnlyList<Lease> due = _leases.FindDue(partition, NowMs(), out int extended);
            var report = new LeaseSweepReport(0, 0, 0, extended);
            foreach (Lease lease in due)
            {
                report = TryLose(lease, partition, report);
            }

            return Task.FromResult(report);
        }
    }

    // As in Redis: only the sweep takes a lease away from another, if it ran out.
    private LeaseResult TakeLease(Lease lease)
    {
        HeldLease? held = _leases.Find(lease.Key);
        if (!lease.IsRenewal && !_leases.HasRoomFor(lease.Key))
        {
            return new LeaseResult(LeaseStatus.TooMany);
        }

        if (held is not null && held.Lease.Holder.Producer != lease.Holder.Producer)
        {
            return new LeaseResult(LeaseStatus.Leased, held.ExpiresAtMs);
        }

        if (held is not null && held.Lease.Holder.Epoch > lease.Holder.Epoch)
        {
            return new LeaseResult(LeaseStatus.Stale, held.ExpiresAtMs);
        }

        if (lease.IsRenewal && held?.Lease.Holder != lease.Holder)
        {
            return new LeaseResult(LeaseStatus.Lost);
        }

        if (lease.Key.Kind == LeaseKind.Task
            && _terminals.FindOrAdd(lease.Key.Terminal, NowMs()).Lease(lease.Holder) is var claim
            && claim != ClaimOutcome.Granted)
        {
            return new LeaseResult(claim switch
            {
                null => LeaseStatus.Ended,
                ClaimOutcome.Stale => LeaseStatus.Stale,
                _ => LeaseStatus.Leased,
            });
        }

        long expiresAtMs = _leases.Put(lease, NowMs()).ExpiresAtMs;
        return new LeaseResult(LeaseStatus.Held, expiresAtMs, held?.Lease.Holder == lease.Holder);
    }

    // One that does not fit into the log does not hold up the others.
    private LeaseSweepReport TryLose(Lease lease, int partition, LeaseSweepReport report)
    {
        try
        {
            return Lose(lease, partition, report);
        }
        catch (LogUnavailableException failure)
        {
            return report with { Failed = report.Failed + 1, Failure = failure };
        }
    }

    private LeaseSweepReport Lose(Lease lease, int partition, LeaseSweepReport report)
    {
        bool isTask = lease.Key.Kind == LeaseKind.Task;
        TerminalStore? terminal = isTask ? _terminals.Find(lease.Key.Terminal) : null;
        if (terminal?.EndedMs is not null)
        {
            // It was only not given back: nobody lost it.
            _leases.Remove(lease.Key);
            return report;
        }

        var stream = new StreamKey(lease.Key.Tenant, partition);
        AppendAttempt attempt;
        do
        {
            attempt = StreamOf(stream).TryAppend([LostLease.EventOf(lease)], NowMs(), out _, isOurs: true);
        }
        while (attempt == AppendAttempt.Retired);

        if (attempt == AppendAttempt.Full)
        {
            throw Full();
        }

        _streamBells.Ring(stream);
        _leases.Remove(lease.Key);
        bool isEnded = terminal?.Unclaim(lease.Holder, LogLimits.LostExitCode, NowMs()) ?? false;
        if (isEnded)
        {
            _terminalBells.Ring(lease.Key.Terminal);
        }

        return report with
        {
            AgentsLost = report.AgentsLost + (isTask ? 0 : 1),
            TasksLost = report.TasksLost + (isTask ? 1 : 0),
            TerminalsEnded = report.TerminalsEnded + (isEnded ? 1 : 0),
        };
    }
}

namespace Realtime.Log.Redis;

/// <summary>
/// One round of a partition's leases. Each step stands by itself in Redis, so rounds of several workers may cross, and
/// one that breaks off is gone on with by the next.
/// </summary>
internal sealed class RedisLeaseSweeper(RedisLeases leases)
{
    // What is left over is due in the next round, which begins elsewhere.
    private const int WorkMax = 256;

    // Pages of leases that get a new term in one round: the next one goes on.
    private const int PagesMax = 64;

    // A task's terminal is in another slot, whose node may be away: each failure may take as long as a command may.
    // So several are under way, and behind so many failures the round ends.
    private const int Concurrency = 16;
    private const int FailuresMax = 32;

    public async Task<LeaseSweepReport> SweepAsync(int partition, CancellationToken cancellationToken)
    {
        LeaseWork work;
        int extended = 0, pages = 0;
        do
        {
            work = await leases.FindWorkAsync(partition, WorkMax, cancellationToken);
            extended += work.Extended;
        }
        while (work.IsExtending && ++pages < PagesMax);

        var round = new Round(leases);
        ILookup<bool, LeaseEntry> due = work.Due.ToLookup(entry => entry.IsTask);
        await round.RunAsync(due[false], round.LoseAgentAsync, cancellationToken);
        await round.RunAsync(
            [.. due[true].Select(entry => (entry, false)), .. work.Sealing.Select(entry => (entry, true))],
            round.EndTaskAsync, cancellationToken);
        return round.Report with { Extended = extended };
    }

    /// <summary>What a round did. An entry that fails does not hold up the others.</summary>
    private sealed class Round(RedisLeases leases)
    {
        private readonly Lock _gate = new();
        private LeaseSweepReport _report;

        public LeaseSweepReport Report
        {
            get
            {
                lock (_gate)
                {
                    return _report;
                }
            }
        }

        public async Task RunAsync<T>(
            IEnumerable<T> entries, Func<T, CancellationToken, Task> handle, CancellationToken cancellationToken)
        {
            T[] mixed = [.. entries];
            Random.Shared.Shuffle(mixed);
            var parallel = new ParallelOptions
            {
                MaxDegreeOfParallelism = Concurrency,
                CancellationToken = cancellationToken,
            };
            await Parallel.ForEachAsync(mixed, parallel, async (entry, stopping) =>
            {
                if (Report.Failed >= FailuresMax)
                {
                    return;
                }

                try
                {
                    await handle(entry, stopping);
                }
                catch (Exception failure) when (failure is not OperationCanceledException and not OutOfMemoryException)
                {
                    Note(report => report with { Failed = report.Failed + 1, Failure = failure });
                }
            });
        }

        public async Task LoseAgentAsync(LeaseEntry due, CancellationToken cancellationToken)
        {
            if (await leases.LoseAsync(due, cancellationToken))
            {
                Note(report => report with { AgentsLost = report.AgentsLost + 1 });
            }
        }

        public async Task EndTaskAsync((LeaseEntry Lost, bool IsDeclared) task, CancellationToken cancellationToken)
        {
            if (!task.IsDeclared)
            {
                if (!await leases.LoseAsync(task.Lost, cancellationToken))
                {
                    return;
                }

                Note(report => report with { TasksLost = report.TasksLost + 1 });
            }

            if (await leases.SealAsync(task.Lost, cancellationToken))
            {
                Note(report => report with { TerminalsEnded = report.TerminalsEnded + 1 });
            }
        }

        private void Note(Func<LeaseSweepReport, LeaseSweepReport> change)
        {
            lock (_gate)
            {
                _report = change(_report);
            }
        }
    }
}

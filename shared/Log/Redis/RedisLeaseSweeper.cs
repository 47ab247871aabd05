namespace Realtime.Log.Redis;

/// <summary>
/// One round of a partition's leases. Each step stands by itself in Redis, so rounds of several workers may cross, and
/// one that breaks off is gone on with by the next.
/// </summary>
internal sealed class RedisLeaseSweeper(RedisLeases leases)
{
    // What is left over is due in the next round.
    private const int WorkMax = 256;

    public async Task<LeaseSweepReport> SweepAsync(int partition, CancellationToken cancellationToken)
    {
        LeaseWork work = await leases.FindWorkAsync(partition, WorkMax, cancellationToken);
        List<LeaseEntry> sealing = [.. work.Sealing];
        int agentsLost = 0;
        foreach (LeaseEntry due in work.Due)
        {
            if (!await leases.LoseAsync(due, cancellationToken))
            {
                continue;
            }

            if (due.ToLease().Key.Kind == LeaseKind.Task)
            {
                sealing.Add(due);
            }
            else
            {
                agentsLost++;
            }
        }

        int ended = 0;
        foreach (LeaseEntry lost in sealing)
        {
            ended += await leases.SealAsync(lost, cancellationToken) ? 1 : 0;
        }

        return new LeaseSweepReport(agentsLost, sealing.Count - work.Sealing.Count, ended, work.Extended);
    }
}

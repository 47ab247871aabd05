using Realtime.Protocol;
using StackExchange.Redis;

namespace Realtime.Log.Redis;

/// <summary>
/// Leases in Redis. What decides is the partition's record; a task's terminal, in another slot, is claimed before it,
/// and let go after it: so who dies in between leaves a claim that lapses, but never a lease without its claim.
/// </summary>
internal sealed class RedisLeases(
    RedisConnection live, RedisKeys keys, RedisTerminalRegistry registry, LogOptions options)
{
    // How long a terminal believes in a lease whose end nobody told it. Sweeps tell it within seconds; this is for a
    // lease that Redis lost, and longer than Redis is mostly away.
    private static readonly TimeSpan ClaimSlack = TimeSpan.FromMinutes(10);

    public async Task<LeaseResult> LeaseAsync(Lease lease, CancellationToken cancellationToken)
    {
        if (!await AdmitAsync(lease, cancellationToken))
        {
            return new LeaseResult(LeaseStatus.TooMany);
        }

        bool isTask = lease.Key.Kind == LeaseKind.Task;
        if (isTask && await ClaimAsync(lease, cancellationToken) is var claimed and not LeaseStatus.Held)
        {
            return new LeaseResult(claimed, await ExpiryAsync(lease.Key, cancellationToken));
        }

        var entry = LeaseEntry.Of(lease);
        RedisResult[] reply = (RedisResult[])await live.EvaluateAsync(
            RedisScript.LeaseTake,
            keys.Leases(PartitionOf(lease.Key)),
            [entry.Member, lease.Holder.Producer, lease.Holder.Epoch, (long)lease.Term.TotalMilliseconds, entry.Held],
            0,
            cancellationToken);
        var status = (LeaseStatus)(int)reply[0];
        if (isTask && status != LeaseStatus.Held)
        {
            await UnclaimAsync(lease.Key, lease.Holder, exitCode: null, cancellationToken);
        }

        return new LeaseResult(status, (long)reply[1], (int)reply[2] == 1);
    }

    public async Task<bool> ReleaseAsync(LeaseKey lease, ProducerClaim holder, CancellationToken cancellationToken)
    {
        RedisResult released = await live.EvaluateAsync(
            RedisScript.LeaseRelease,
            keys.Leases(PartitionOf(lease)),
            [LeaseEntry.MemberOf(lease), holder.Producer, holder.Epoch],
            0,
            cancellationToken);
        bool isReleased = (int)released == 1;
        if (isReleased)
        {
            await DismissAsync(lease, cancellationToken);
        }

        if (lease.Kind == LeaseKind.Task)
        {
            // Also if it was not held: an attempt before may have got no further than the record.
            await UnclaimAsync(lease, holder, exitCode: null, cancellationToken);
        }

        return isReleased;
    }

    /// <summary>Leases that ran out, and terminals of lost tasks that are still to be ended.</summary>
    public async Task<LeaseWork> FindWorkAsync(int partition, int max, CancellationToken cancellationToken)
    {
        RedisResult[] reply = (RedisResult[])await live.EvaluateAsync(
            RedisScript.LeaseDue,
            keys.Leases(partition),
            [(long)LogLimits.LeaseSweepSilence.TotalMilliseconds, max],
            0,
            cancellationToken);
        int due = (int)reply[1];
        LeaseEntry[] entries = new LeaseEntry[(reply.Length - 2) / 2];
        for (int i = 0; i < entries.Length; i++)
        {
            entries[i] = new LeaseEntry((string)reply[2 + (2 * i)], (string)reply[3 + (2 * i)]);
        }

        return new LeaseWork(entries[..due], entries[due..], (int)reply[0]);
    }

    /// <summary>
    /// Says that a holder is lost, unless it renewed meanwhile. A task whose terminal has ended was only not given
    /// back: nobody lost it.
    /// </summary>
    public async Task<bool> LoseAsync(LeaseEntry due, CancellationToken cancellationToken)
    {
        Lease lease = due.ToLease();
        if (lease.Key.Kind == LeaseKind.Task && await HasEndedAsync(lease.Key.Terminal, cancellationToken))
        {
            await ReleaseAsync(lease.Key, lease.Holder, cancellationToken);
            return false;
        }

        EventAppend lost = LostLease.EventOf(lease);
        var stream = new StreamKey(lease.Key.Tenant, PartitionOf(lease.Key));
        RedisKey[] names = keys.Of(stream, more: 3);
        keys.Leases(stream.Partition).AsSpan(0, 3).CopyTo(names.AsSpan(RedisKeys.StreamKeys));
        RedisResult isLost = await live.EvaluateAsync(
            RedisScript.LeaseLost,
            names,
            [
                Epoch.Create().ToString(), stream.Tenant, due.Member, due.Held, lost.Envelope.ToArray(),
                lost.StateKey ?? string.Empty, keys.Bell(stream), lease.Key.Kind == LeaseKind.Task ? 1 : 0,
            ],
            lost.Envelope.Length,
            cancellationToken);
        if ((int)isLost == 1)
        {
            await DismissAsync(lease.Key, cancellationToken);
        }

        return (int)isLost == 1;
    }

    /// <summary>Ends the terminal of a lost task, unless it is another's by now. True if it was ended now.</summary>
    public async Task<bool> SealAsync(LeaseEntry lost, CancellationToken cancellationToken)
    {
        Lease lease = lost.ToLease();
        bool isEnded = await UnclaimAsync(lease.Key, lease.Holder, LogLimits.LostExitCode, cancellationToken);
        await live.EvaluateAsync(
            RedisScript.LeaseSealed, keys.Leases(PartitionOf(lease.Key)), [lost.Member, lost.Held], 0,
            cancellationToken);
        return isEnded;
    }

    private int PartitionOf(LeaseKey lease) =>
        Partitioner.Of(lease.Tenant, LostLease.GroupOf(lease), options.Partitions);

    private async Task<bool> AdmitAsync(Lease lease, CancellationToken cancellationToken)
    {
        RedisResult isAdmitted = await live.EvaluateAsync(
            RedisScript.LeaseAdmit,
            [RedisKeys.LeasesOf(lease.Key.Tenant)],
            [LeaseEntry.NameOf(lease.Key), 2 * (long)lease.Term.TotalMilliseconds, options.LeasesPerTenantMax],
            0,
            cancellationToken);
        return (int)isAdmitted == 1;
    }

    private Task<bool> DismissAsync(LeaseKey lease, CancellationToken cancellationToken) => live.RunAsync(
        redis => redis.GetDatabase().SortedSetRemoveAsync(
            RedisKeys.LeasesOf(lease.Tenant), LeaseEntry.NameOf(lease)),
        0, cancellationToken);

    private async Task<LeaseStatus> ClaimAsync(Lease lease, CancellationToken cancellationToken)
    {
        TerminalKey terminal = lease.Key.Terminal;
        await registry.AddAsync(terminal, cancellationToken);
        RedisResult[] reply = (RedisResult[])await live.EvaluateAsync(
            RedisScript.TerminalClaim,
            RedisKeys.Of(terminal),
            [
                Epoch.Create().ToString(), lease.Holder.Producer, lease.Holder.Epoch,
                (long)(lease.Term + ClaimSlack).TotalMilliseconds,
            ],
            0,
            cancellationToken);
        if ((int)reply[1] == 1)
        {
            await registry.AddAgainAsync(terminal, cancellationToken);
        }

        return (LeaseStatus)(int)reply[0];
    }

    private async Task<bool> UnclaimAsync(
        LeaseKey lease, ProducerClaim holder, int? exitCode, CancellationToken cancellationToken)
    {
        TerminalKey terminal = lease.Terminal;
        RedisResult isEnded = await live.EvaluateAsync(
            RedisScript.TerminalUnclaim,
            RedisKeys.Of(terminal),
            [
                holder.Producer, holder.Epoch, exitCode is { } code ? code : RedisValue.EmptyString,
                (long)options.Terminal.RetentionAfterEnd.TotalMilliseconds, RedisKeys.Bell(terminal),
            ],
            0,
            cancellationToken);
        if (exitCode is not null)
        {
            await registry.EndedAsync(terminal, cancellationToken);
        }

        return (int)isEnded == 1;
    }

    private Task<bool> HasEndedAsync(TerminalKey terminal, CancellationToken cancellationToken) => live.RunAsync(
        redis => redis.GetDatabase().HashExistsAsync(RedisKeys.Of(terminal)[1], "exit"), 0, cancellationToken);

    private async Task<long> ExpiryAsync(LeaseKey lease, CancellationToken cancellationToken)
    {
        RedisKey leases = keys.Leases(PartitionOf(lease))[0];
        double? expiry = await live.RunAsync(
            redis => redis.GetDatabase().SortedSetScoreAsync(leases, LeaseEntry.MemberOf(lease)), 0, cancellationToken);
        return (long)(expiry ?? 0);
    }
}

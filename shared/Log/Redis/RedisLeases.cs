using Realtime.Protocol;
using Realtime.Protocol.Messages;
using StackExchange.Redis;

namespace Realtime.Log.Redis;

/// <summary>
/// Leases in Redis. What decides is the partition's record; a task's terminal, in another slot, is claimed before it,
/// and let go after it: so who dies in between leaves a claim that lapses, but never a lease without its claim.
/// </summary>
internal sealed class RedisLeases(
    RedisConnection live, RedisKeys keys, RedisTerminalRegistry registry, LogOptions options)
{
    // How many leases get a new term in one script: some 2 ms of Redis.
    private const int ExtendedMax = 1000;

    // How long a lease counts among those of its tenant if it isn't renewed, in terms; and at most.
    private const int CountedTerms = 2;
    private const long CountedMsMax = (long)CountedTerms * LeaseRequest.TtlMsMax;

    // How long a terminal believes in a lease whose end nobody told it. Sweeps tell it within seconds; this is for a
    // lease that Redis lost, and longer than Redis is mostly away.
    private static readonly TimeSpan ClaimSlack = TimeSpan.FromMinutes(10);

    public async Task<LeaseResult> LeaseAsync(Lease lease, CancellationToken cancellationToken)
    {
        int max = lease.IsRenewal ? int.MaxValue : options.LeasesPerTenantMax;
        Admission admission = await AdmitAsync(lease, max, cancellationToken);
        if (admission == Admission.Refused)
        {
            // It no longer counted, as Redis was away for long; but who has it is not robbed of it for that.
            if (!await IsHeldAsync(lease, cancellationToken))
            {
                return new LeaseResult(LeaseStatus.TooMany);
            }

            admission = await AdmitAsync(lease, int.MaxValue, cancellationToken);
        }

        LeaseResult result = await TakeAsync(lease, cancellationToken);
        if (result.Status != LeaseStatus.Held && admission == Admission.New)
        {
            await DismissAsync(lease.Key, cancellationToken);
        }

        return result;
    }

    private async Task<LeaseResult> TakeAsync(Lease lease, CancellationToken cancellationToken)
    {
        bool isTask = lease.Key.Kind == LeaseKind.Task;

        // Who comes to renew what it no longer has must not take the terminal away from who writes it by now.
        bool isClaiming = isTask && (!lease.IsRenewal || await IsHeldAsync(lease, cancellationToken));
        if (isClaiming && await ClaimAsync(lease, cancellationToken) is var claimed and not LeaseStatus.Held)
        {
            return new LeaseResult(claimed, await ExpiryAsync(lease.Key, cancellationToken));
        }

        var entry = LeaseEntry.Of(lease);
        RedisResult[] reply = (RedisResult[])await live.EvaluateAsync(
            RedisScript.LeaseTake,
            keys.Leases(PartitionOf(lease.Key)),
            [
                entry.Member, lease.Holder.Producer, lease.Holder.Epoch, (long)lease.Term.TotalMilliseconds,
                entry.Held, lease.IsRenewal ? 1 : 0,
            ],
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
        const int Head = 3;
        RedisResult[] reply = (RedisResult[])await live.EvaluateAsync(
            RedisScript.LeaseDue,
            keys.Leases(partition),
            [
                (long)LogLimits.LeaseSweepSilence.TotalMilliseconds, max, Random.Shared.NextDouble(), ExtendedMax,
            ],
            0,
            cancellationToken);
        int due = (int)reply[2];
        LeaseEntry[] entries = new LeaseEntry[(reply.Length - Head) / 2];
        for (int i = 0; i < entries.Length; i++)
        {
            entries[i] = new LeaseEntry((string)reply[Head + (2 * i)], (string)reply[Head + 1 + (2 * i)]);
        }

        return new LeaseWork(entries[..due], entries[due..], (int)reply[0], IsExtending: (int)reply[1] == 1);
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

    private async Task<Admission> AdmitAsync(Lease lease, int max, CancellationToken cancellationToken)
    {
        RedisResult admission = await live.EvaluateAsync(
            RedisScript.LeaseAdmit,
            [RedisKeys.LeasesOf(lease.Key.Tenant)],
            [
                LeaseEntry.NameOf(lease.Key), CountedTerms * (long)lease.Term.TotalMilliseconds, max, CountedMsMax,
            ],
            0,
            cancellationToken);
        return (Admission)(int)admission;
    }

    // Whether this life of the holder has it.
    private async Task<bool> IsHeldAsync(Lease lease, CancellationToken cancellationToken)
    {
        RedisKey held = keys.Leases(PartitionOf(lease.Key))[1];
        var entry = LeaseEntry.Of(lease);
        string? stands = await live.RunAsync<string?>(
            async redis => await redis.GetDatabase().HashGetAsync(held, entry.Member), 0, cancellationToken);
        return stands is not null && new LeaseEntry(entry.Member, stands).ToLease().Holder == lease.Holder;
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

    // As lease_admit.lua answers.
    private enum Admission
    {
        Refused,
        Before,
        New,
    }
}

using System.Text.Json;
using Realtime.Hosting.Identity;
using Realtime.Log;
using Realtime.Protocol;
using Realtime.Protocol.Events;
using Realtime.Protocol.Messages;
using Realtime.Workers.Answers;

namespace Realtime.Workers.Ingest.Leases;

/// <summary>Gives leases on agents and tasks to producers, and takes them back.</summary>
internal sealed class LeaseIngest(IPartitionedLog log, Refusals refusals, LeaseMetrics metrics)
{
    private static readonly ReadOnlyMemory<byte> NoPayload = new byte[] { 0xc0 };

    /// <summary>Takes a lease, or renews it.</summary>
    public async Task<IngestAnswer> LeaseAsync(
        Identity identity, LeaseRequest wanted, CancellationToken requestAborted)
    {
        IngestAnswer answer = CheckGrants(identity, wanted) is { } forbidden
            ? forbidden
            : await TakeAsync(identity.Tenant, wanted, requestAborted);
        if (answer is IngestAnswer.Refused { Code: var reason })
        {
            metrics.Refused(reason);
        }

        return answer;
    }

    /// <summary>Takes it back. If it was not held, that is said, and no error.</summary>
    public async Task<IngestAnswer> ReleaseAsync(
        Identity identity, LeaseRequest held, CancellationToken requestAborted)
    {
        if (CheckGrants(identity, held) is { } forbidden)
        {
            return forbidden;
        }

        bool isReleased;
        try
        {
            isReleased = await log.ReleaseLeaseAsync(
                KeyOf(identity.Tenant, held), new ProducerClaim(held.Holder, held.Epoch), requestAborted);
        }
        catch (LogUnavailableException unavailable)
        {
            return refusals.LogUnavailable(LogTrouble.DetailOfWrite(unavailable.Reason));
        }

        if (isReleased)
        {
            metrics.Released();
        }

        return new IngestAnswer.Done(
            StatusCodes.Status200OK, json => json.WriteBoolean("released"u8, isReleased));
    }

    private async Task<IngestAnswer> TakeAsync(
        string tenant, LeaseRequest wanted, CancellationToken requestAborted)
    {
        var lease = new Lease(
            KeyOf(tenant, wanted), new ProducerClaim(wanted.Holder, wanted.Epoch),
            TimeSpan.FromMilliseconds(wanted.TtlMs), wanted.Task is null ? null : wanted.Agent,
            wanted.IsRenewal);
        LeaseResult result;
        try
        {
            result = await log.LeaseAsync(lease, requestAborted);
        }
        catch (LogUnavailableException unavailable)
        {
            return refusals.LogUnavailable(LogTrouble.DetailOfWrite(unavailable.Reason));
        }

        if (result.Status != LeaseStatus.Held)
        {
            return Refuse(result);
        }

        metrics.Taken(result.IsRenewed);
        return new IngestAnswer.Done(StatusCodes.Status200OK, json => WriteLease(json, wanted, result));
    }

    private IngestAnswer.Refused Refuse(LeaseResult result) => result.Status switch
    {
        LeaseStatus.Leased => Refusals.Conflict(
            ErrorCodes.Leased, "Another holds this lease.", json => WriteExpiry(json, result)),
        LeaseStatus.Stale => Refusals.Conflict(
            ErrorCodes.StaleProducer, "A later life of this holder, with a higher epoch, has this lease: stop."),
        LeaseStatus.Ended => Refusals.Conflict(
            ErrorCodes.Ended, "The task's terminal has ended, or is about to, as the lease on it was lost."),
        LeaseStatus.Lost => Refusals.Conflict(
            ErrorCodes.LeaseLost, "You no longer hold this lease: it ran out, or was given back."),
        LeaseStatus.TooMany => refusals.Limited(
            "The tenant holds as many leases as it may; release some, or try again later."),
        _ => throw new InvalidOperationException($"No refusal of a lease: {result.Status}."),
    };

    private static LeaseKey KeyOf(string tenant, LeaseRequest request) => request.Task is { } task
        ? new LeaseKey(tenant, LeaseKind.Task, task)
        : new LeaseKey(tenant, LeaseKind.Agent, request.Agent!);

    // Of a task its terminal, which nobody else may then write; of an agent what would be said of it.
    private static IngestAnswer.Refused? CheckGrants(Identity identity, LeaseRequest request)
    {
        if (request.Task is { } task && TerminalIngest.CheckGrants(identity, task) is { } forbidden)
        {
            return forbidden;
        }

        if (request.Agent is null)
        {
            return null;
        }

        var lost = new EventEnvelope
        {
            Channel = request.Task is null ? Channel.Agents : Channel.Tasks,
            Type = request.Task is null ? "agent.lost" : "task.lost",
            Agent = request.Agent,
            Task = request.Task,
            Payload = NoPayload,
        };
        return identity.Grants.MayPublish(lost)
            ? null
            : Refusals.Forbidden("The token does not allow to publish events of this agent.");
    }

    private static void WriteLease(Utf8JsonWriter json, LeaseRequest lease, LeaseResult result)
    {
        json.WriteStartObject("lease"u8);
        if (lease.Task is not null)
        {
            json.WriteString("task"u8, lease.Task);
        }

        if (lease.Agent is not null)
        {
            json.WriteString("agent"u8, lease.Agent);
        }

        json.WriteString("holder"u8, lease.Holder);
        json.WriteNumber("epoch"u8, lease.Epoch);
        json.WriteNumber("ttl_ms"u8, lease.TtlMs);
        json.WriteNumber("expires_at"u8, result.ExpiresAtMs);
        json.WriteEndObject();
        json.WriteBoolean("renewed"u8, result.IsRenewed);
    }

    private static void WriteExpiry(Utf8JsonWriter json, LeaseResult result)
    {
        // Not known of a terminal that is claimed by a lease which the log lost.
        if (result.ExpiresAtMs > 0)
        {
            json.WriteNumber("expires_at"u8, result.ExpiresAtMs);
        }
    }
}

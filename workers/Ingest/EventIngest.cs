using System.Globalization;
using Realtime.Hosting.Identity;
using Realtime.Hosting.Problems;
using Realtime.Protocol.Events;
using Realtime.Protocol.Messages;
using Realtime.Workers.Ingest.Sockets;

namespace Realtime.Workers.Ingest;

/// <summary>
/// Takes in one event or an array. Done if at least one is in the log, with a result for each; else refused with all
/// errors at once.
/// </summary>
internal sealed class EventIngest(Publisher publisher, IngestOptions options, Refusals refusals, IngestMetrics metrics)
{
    private readonly PublishLimits _limits = new(options.EventsMax, options.PayloadBytesMax, options.PayloadDepthMax);

    /// <summary>Publishes what a body says.</summary>
    /// <param name="identity">Whose events.</param>
    /// <param name="body">One event or an array; not used any more once the answer is there.</param>
    /// <param name="isMessagePack">In which form; else JSON.</param>
    /// <param name="traceParent">The trace to keep with the events, if any.</param>
    /// <param name="turn">The request's place among others of its connection, if it has one.</param>
    /// <param name="requestAborted">Cancels the wait.</param>
    public Task<IngestAnswer> PublishAsync(
        Identity identity, ReadOnlyMemory<byte> body, bool isMessagePack, string? traceParent, RequestTurn? turn,
        CancellationToken requestAborted)
    {
        PublishRequest request = isMessagePack
            ? PublishReader.ReadMessagePack(body.Span, _limits)
            : PublishReader.Read(body.Span, _limits);
        IngestAnswer.Refused? refused = request.Outcome != PublishOutcome.Read
            ? Refuse(request)
            : CheckGrants(identity, request);
        return refused is null
            ? PublishAsync(identity.Tenant, request, traceParent, turn, requestAborted)
            : Task.FromResult<IngestAnswer>(refused);
    }

    private static IngestAnswer.Refused Refuse(PublishRequest request)
    {
        ProblemError[] errors = [.. request.Errors.Select(error => new ProblemError(error.Where, error.Detail))];
        return request.Outcome == PublishOutcome.TooLarge
            ? Refusals.TooLarge(
                request.Errors[0].Code, "Something is larger or more than allowed; nothing was stored. See errors.",
                errors)
            : Refusals.BadRequest("Nothing was stored; see errors.", errors);
    }

    private static IngestAnswer.Refused? CheckGrants(Identity identity, PublishRequest request)
    {
        var forbidden = new List<ProblemError>();
        for (int i = 0; i < request.Events.Count && forbidden.Count < PublishLimits.ErrorsMax; i++)
        {
            (string? field, string detail) = identity.Grants.CheckPublish(request.Events[i]) switch
            {
                PublishRefusal.None => (null, string.Empty),
                PublishRefusal.StateKey => ("/state_key",
                    "must be agent:<agent>:<word>, task:<task>:<word>, project:<project>:<word> or <channel>:<text>, "
                    + "of a name in this event that the token allows to publish"),
                PublishRefusal.Group => ("/group",
                    "must be the agent, task, project or channel of this event, one that the token allows to publish"),
                _ => (string.Empty, "the token does not allow to publish it"),
            };
            if (field is not null)
            {
                forbidden.Add(new ProblemError(PointerTo(i, request.IsArray) + field, detail));
            }
        }

        return forbidden.Count == 0
            ? null
            : Refusals.Forbidden("The token does not allow all of it; nothing was stored. See errors.", forbidden);
    }

    private async Task<IngestAnswer> PublishAsync(
        string tenant, PublishRequest request, string? traceParent, RequestTurn? turn, CancellationToken requestAborted)
    {
        IngestResult result = await publisher.PublishAsync(tenant, request.Events, traceParent, turn, requestAborted);
        metrics.Published(result, request.Events);
        return result.IsAnyStored
            ? new IngestAnswer.Done(
                StatusCodes.Status202Accepted, json => PublishAnswer.WriteMembers(json, result))
            {
                Pressure = result.Pressure,
            }
            : RefuseAll(result, request.IsArray);
    }

    // What a retry can mend comes first: after it, the rest is answered event by event.
    private IngestAnswer.Refused RefuseAll(IngestResult result, bool isArray)
    {
        ProblemError[] errors =
        [
            .. result.Outcomes
                .Take(PublishLimits.ErrorsMax)
                .Select((outcome, i) =>
                    new ProblemError(PointerTo(i, isArray), IngestRefusal.Of(outcome.Status).Detail)),
        ];
        if (result.Has(IngestStatus.LogUnavailable))
        {
            return refusals.LogUnavailable(
                "The log is unavailable; nothing is known to be stored. Send it again later.", errors);
        }

        if (result.Has(IngestStatus.Internal))
        {
            return new IngestAnswer.Refused(
                StatusCodes.Status500InternalServerError, ErrorCodes.Internal,
                "Something went wrong here. It was logged. Send it again.")
            {
                Errors = errors,
            };
        }

        if (result.Has(IngestStatus.RateLimited))
        {
            return Refusals.Limited(
                "More was sent in a second than is allowed; nothing was stored. Send it again later.",
                result.Outcomes.Max(static outcome => outcome.RetryAfter), errors);
        }

        if (result.Has(IngestStatus.Pressure))
        {
            return refusals.Pressure(
                "Live readers are too far behind; nothing was stored. Send it again later.", result.Pressure, errors);
        }

        IngestStatus number = result.Has(IngestStatus.ProducerGap)
            ? IngestStatus.ProducerGap
            : IngestStatus.StaleProducer;
        if (result.Has(number))
        {
            var refusal = IngestRefusal.Of(number);
            return Refusals.Conflict(
                refusal.Code, refusal.Detail, json => PublishAnswer.WriteMembers(json, result), errors);
        }

        return result.Has(IngestStatus.Conflict)
            ? Refusals.Conflict(
                ErrorCodes.Conflict, "Keys were used for other events; nothing was stored.", errors: errors)
            : RequestTurn.AfterRefused;
    }

    private static string PointerTo(int index, bool isArray) =>
        isArray ? string.Create(CultureInfo.InvariantCulture, $"/{index}") : string.Empty;
}

using System.Diagnostics;
using System.Globalization;
using Realtime.Hosting.Identity;
using Realtime.Hosting.Problems;
using Realtime.Protocol.Events;
using Realtime.Protocol.Messages;
using Realtime.Workers.Answers;
using Realtime.Workers.Stamp;

namespace Realtime.Workers.Ingest;

/// <summary>
/// <c>POST /v1/events</c>: one event or an array. 202 if at least one is in the log, with a result for each; else a
/// problem document with all errors at once.
/// </summary>
internal sealed class PublishEndpoint(
    Publisher publisher, IngestOptions options, ByteBudget budget, Refusals refusals, IngestMetrics metrics,
    TimeProvider clock)
{
    private const IngestKind Kind = IngestKind.Events;

    private readonly PublishLimits _limits = new(options.EventsMax, options.PayloadBytesMax, options.PayloadDepthMax);

    public async Task HandleAsync(HttpContext context)
    {
        long started = clock.GetTimestamp();
        await AnswerAsync(context);
        metrics.Answered(Kind, clock.GetElapsedTime(started));
    }

    private async Task AnswerAsync(HttpContext context)
    {
        bool isMessagePack = MediaTypes.IsMessagePack(context.Request.ContentType);
        if (!isMessagePack && !MediaTypes.IsJson(context.Request.ContentType))
        {
            await refusals.MediaTypeAsync(context, Kind, MediaTypes.MessagesRule);
            return;
        }

        // Held until the answer: the events made from the body are about as large as it is.
        using var body = new RequestBody(budget);
        BodyOutcome outcome = await body.ReadAsync(
            context.Request.BodyReader, context.Request.ContentLength, options.BodyBytesMax, context.RequestAborted);
        if (outcome != BodyOutcome.Read)
        {
            await refusals.BodyAsync(context, Kind, outcome, options.BodyBytesMax);
            return;
        }

        PublishRequest request = isMessagePack
            ? PublishReader.ReadMessagePack(body.Bytes.Span, _limits)
            : PublishReader.Read(body.Bytes.Span, _limits);
        if (request.Outcome != PublishOutcome.Read)
        {
            await RefuseAsync(context, request);
            return;
        }

        await PublishAsync(context, request.Events, request.IsArray);
    }

    private Task RefuseAsync(HttpContext context, PublishRequest request)
    {
        ProblemError[] errors = [.. request.Errors.Select(error => new ProblemError(error.Where, error.Detail))];
        return request.Outcome == PublishOutcome.TooLarge
            ? refusals.WriteAsync(
                context, Kind, StatusCodes.Status413PayloadTooLarge, request.Errors[0].Code,
                "Something is larger or more than allowed; nothing was stored. See errors.", errors)
            : refusals.BadRequestAsync(context, Kind, "Nothing was stored; see errors.", errors);
    }

    private async Task PublishAsync(HttpContext context, IReadOnlyList<PublishEvent> events, bool isArray)
    {
        Identity identity = context.GetIdentity();
        var forbidden = new List<ProblemError>();
        for (int i = 0; i < events.Count && forbidden.Count < PublishLimits.ErrorsMax; i++)
        {
            if (!identity.Grants.MayPublish(events[i].Envelope))
            {
                forbidden.Add(new ProblemError(PointerTo(i, isArray), "the token does not allow to publish it"));
            }
        }

        if (forbidden.Count > 0)
        {
            await refusals.ForbiddenAsync(
                context, Kind, "The token does not allow all of it; nothing was stored. See errors.", forbidden);
            return;
        }

        IngestResult result = await publisher.PublishAsync(
            identity.Tenant, events, SampledTraceParent(context), context.RequestAborted);
        metrics.Published(result);
        if (result.IsAnyStored)
        {
            await Answering.WriteAsync(
                context, StatusCodes.Status202Accepted, json => PublishAnswer.WriteMembers(json, result));
            return;
        }

        await RefuseAllAsync(context, result, isArray);
    }

    // What a retry can mend comes first: after it, the rest is answered event by event.
    private Task RefuseAllAsync(HttpContext context, IngestResult result, bool isArray)
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
            return refusals.LogUnavailableAsync(
                context, Kind, "The log is unavailable; nothing is known to be stored. Send it again later.", errors);
        }

        return result.Has(IngestStatus.Pressure)
            ? refusals.PressureAsync(
                context, Kind, "Live readers are too far behind; nothing was stored. Send it again later.",
                result.Pressure, errors)
            : refusals.ConflictAsync(
                context, Kind, ErrorCodes.Conflict, "Keys were used for other events; nothing was stored.", errors);
    }

    private static string PointerTo(int index, bool isArray) =>
        isArray ? string.Create(CultureInfo.InvariantCulture, $"/{index}") : string.Empty;

    private static string? SampledTraceParent(HttpContext context) =>
        context.Request.Headers.TraceParent is [{ } text]
        && ActivityContext.TryParse(text, null, out ActivityContext trace)
        && trace.TraceFlags.HasFlag(ActivityTraceFlags.Recorded)
            ? text
            : null;
}

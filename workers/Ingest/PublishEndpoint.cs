using System.Diagnostics;
using Realtime.Workers.Answers;
using Realtime.Workers.Stamp;

namespace Realtime.Workers.Ingest;

/// <summary>
/// <c>POST /v1/events</c>: one event or an array. 202 if at least one is in the log, with a result for each; else a
/// problem document with all errors at once.
/// </summary>
internal sealed class PublishEndpoint(
    EventIngest events, IngestOptions options, BodyBudget bodies, Refusals refusals, HttpAnswers answers)
{
    public Task HandleAsync(HttpContext context) =>
        answers.AnswerAsync(context, IngestKind.Events, () => PublishAsync(context));

    private async Task<IngestAnswer> PublishAsync(HttpContext context)
    {
        bool isMessagePack = MediaTypes.IsMessagePack(context.Request.ContentType);
        if (!isMessagePack && !MediaTypes.IsJson(context.Request.ContentType))
        {
            return Refusals.MediaType(MediaTypes.MessagesRule);
        }

        // Held until the answer: the events made from the body are about as large as it is.
        using var body = new RequestBody(bodies);
        BodyOutcome outcome = await body.ReadAsync(
            context.Request.BodyReader, context.Request.ContentLength, options.BodyBytesMax, context.RequestAborted);
        return outcome == BodyOutcome.Read
            ? await events.PublishAsync(
                context.GetIdentity(), body.Bytes, isMessagePack, SampledTraceParent(context), turn: null,
                context.RequestAborted)
            : refusals.Body(outcome, options.BodyBytesMax);
    }

    private static string? SampledTraceParent(HttpContext context) =>
        context.Request.Headers.TraceParent is [{ } text]
        && ActivityContext.TryParse(text, null, out ActivityContext trace)
        && trace.TraceFlags.HasFlag(ActivityTraceFlags.Recorded)
            ? text
            : null;
}

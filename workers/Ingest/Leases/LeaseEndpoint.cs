using Realtime.Hosting.Identity;
using Realtime.Hosting.Problems;
using Realtime.Protocol;
using Realtime.Protocol.Messages;
using Realtime.Workers.Answers;
using Realtime.Workers.Queries;
using Realtime.Workers.Stamp;

namespace Realtime.Workers.Ingest.Leases;

/// <summary>
/// <c>POST /v1/leases</c> and <c>POST /v1/leases/release</c>, each with an object in JSON or MessagePack.
/// </summary>
internal sealed class LeaseEndpoint(
    LeaseIngest leases, BodyBudget bodies, Refusals refusals, HttpAnswers answers)
{
    // Room for three names, the numbers and fields to come.
    private const int BodyBytesMax = 4096;

    public Task TakeAsync(HttpContext context) => answers.AnswerAsync(
        context, IngestKind.Lease, () => HandleAsync(context, isRelease: false));

    public Task ReleaseAsync(HttpContext context) => answers.AnswerAsync(
        context, IngestKind.LeaseRelease, () => HandleAsync(context, isRelease: true));

    private async Task<IngestAnswer> HandleAsync(HttpContext context, bool isRelease)
    {
        var query = new QueryReader(context.Request.Query);
        if (query.Errors.Count > 0)
        {
            return Refusals.BadRequest("The address is wrong; see errors.", query.Errors);
        }

        bool isMessagePack = MediaTypes.IsMessagePack(context.Request.ContentType);
        if (!isMessagePack && !MediaTypes.IsJson(context.Request.ContentType))
        {
            return Refusals.MediaType(MediaTypes.MessagesRule);
        }

        using var body = new RequestBody(bodies);
        BodyOutcome outcome = await body.ReadAsync(
            context.Request.BodyReader, context.Request.ContentLength, BodyBytesMax, context.RequestAborted);
        if (outcome != BodyOutcome.Read)
        {
            return refusals.Body(outcome, BodyBytesMax);
        }

        if (!LeaseReader.TryRead(
            body.Bytes.Span, isMessagePack, isRelease, out LeaseRequest? lease, out IReadOnlyList<FieldError> errors))
        {
            return Refusals.BadRequest(
                "The body must be an object such as {\"task\":\"t1\",\"holder\":\"runner-7\",\"epoch\":1}.",
                [.. errors.Select(ToProblem)]);
        }

        Identity identity = context.GetIdentity();
        return isRelease
            ? await leases.ReleaseAsync(identity, lease!, context.RequestAborted)
            : await leases.LeaseAsync(identity, lease!, context.RequestAborted);
    }

    private static ProblemError ToProblem(FieldError error) =>
        new(error.Field.Length > 0 ? $"/{error.Field}" : string.Empty, error.Detail);
}

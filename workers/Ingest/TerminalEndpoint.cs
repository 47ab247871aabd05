using Realtime.Hosting.Identity;
using Realtime.Log;
using Realtime.Workers.Answers;
using Realtime.Workers.Queries;
using Realtime.Workers.Stamp;

namespace Realtime.Workers.Ingest;

/// <summary>
/// <c>POST /v1/tasks/{task}/terminal</c>: raw bytes, appended as one. With an offset a retry is harmless.
/// </summary>
internal sealed class TerminalEndpoint(
    TerminalIngest terminals, IngestOptions options, BodyBudget bodies, Refusals refusals, HttpAnswers answers)
{
    public Task HandleAsync(HttpContext context, string task) =>
        answers.AnswerAsync(context, IngestKind.Terminal, () => AppendAsync(context, task));

    private async Task<IngestAnswer> AppendAsync(HttpContext context, string task)
    {
        var query = new QueryReader(context.Request.Query);
        TaskName.Check(query, task);
        TerminalAppend target = TerminalQuery.Read(query);
        if (query.Errors.Count > 0)
        {
            return Refusals.BadRequest("The address is wrong; see errors.", query.Errors);
        }

        if (!MediaTypes.IsBytes(context.Request.ContentType))
        {
            return Refusals.MediaType(MediaTypes.BytesRule);
        }

        Identity identity = context.GetIdentity();
        if (TerminalIngest.CheckGrants(identity, task) is { } forbidden)
        {
            return forbidden;
        }

        using var body = new RequestBody(bodies);
        BodyOutcome outcome = await body.ReadAsync(
            context.Request.BodyReader, context.Request.ContentLength, options.BodyBytesMax, context.RequestAborted);
        if (outcome != BodyOutcome.Read)
        {
            return refusals.Body(outcome, options.BodyBytesMax);
        }

        return body.Bytes.IsEmpty
            ? Refusals.BadRequest("The body is empty; it must hold the terminal's bytes.")
            : await terminals.AppendAsync(
                new TerminalKey(identity.Tenant, task), target with { Data = body.Bytes }, context.RequestAborted);
    }
}

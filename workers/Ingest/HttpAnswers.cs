using Realtime.Hosting.Problems;
using Realtime.Workers.Answers;

namespace Realtime.Workers.Ingest;

/// <summary>Answers requests over HTTP, and counts them.</summary>
internal sealed class HttpAnswers(IngestMetrics metrics, TimeProvider clock)
{
    /// <summary>Handles one request.</summary>
    public async Task AnswerAsync(HttpContext context, IngestKind kind, Func<Task<IngestAnswer>> handleAsync)
    {
        long started = clock.GetTimestamp();
        await WriteAsync(context, kind, await handleAsync());
        metrics.Answered(kind, clock.GetElapsedTime(started));
    }

    private Task WriteAsync(HttpContext context, IngestKind kind, IngestAnswer answer)
    {
        if (answer is IngestAnswer.Done done)
        {
            return Answering.WriteAsync(context, done.Status, done.WriteMembers);
        }

        var refused = (IngestAnswer.Refused)answer;
        metrics.Refused(kind, refused.Code);
        return Problem.WriteAsync(
            context, refused.Status, refused.Code, refused.Detail, refused.Errors, refused.RetryAfter,
            refused.WriteMembers);
    }
}

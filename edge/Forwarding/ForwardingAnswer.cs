using Realtime.Edge.Tls;
using Realtime.Hosting.Problems;
using Realtime.Protocol.Messages;

namespace Realtime.Edge.Forwarding;

/// <summary>Says to the client what no worker said.</summary>
internal sealed class ForwardingAnswer(ForwardingOptions options, ListenerOptions listener, EdgeMetrics metrics)
{
    public Task WriteAsync(HttpContext context, AttemptOutcome outcome)
    {
        switch (outcome)
        {
            case AttemptOutcome.Unreachable or AttemptOutcome.Refused:
                return RefuseAsync(
                    context, EdgeRefusal.NoWorker, StatusCodes.Status503ServiceUnavailable, ErrorCodes.NoWorker,
                    "No worker can take the request now; nothing of it was done. Try again.", options.RetryAfter);
            case AttemptOutcome.BrokenOff:
                return RefuseAsync(
                    context, EdgeRefusal.BadGateway, StatusCodes.Status502BadGateway, ErrorCodes.BadGateway,
                    "The worker broke off before its answer; the request may have been done. "
                    + "Retry what is idempotent.");
            case AttemptOutcome.NotAnswered:
                return RefuseAsync(
                    context, EdgeRefusal.AnswerTimeout, StatusCodes.Status504GatewayTimeout, ErrorCodes.BadGateway,
                    "The worker did not answer in time; the request may have been done. Retry what is idempotent.");
            case AttemptOutcome.SlowBody:
                return RefuseAsync(
                    context, EdgeRefusal.SlowBody, StatusCodes.Status408RequestTimeout, ErrorCodes.TooSlow,
                    $"The body took longer than {options.AnswerTimeout.TotalSeconds:0.#} s "
                    + $"({ForwardingOptions.Section}:answer_timeout). Send it faster, or in parts.");
            case AttemptOutcome.BodyFault:
                return RefuseBodyAsync(context);
            default:
                return Task.CompletedTask;
        }
    }

    private Task RefuseBodyAsync(HttpContext context) =>
        StatusOf(context.GetForwarderErrorFeature()?.Exception) switch
        {
            StatusCodes.Status413PayloadTooLarge => RefuseAsync(
                context, EdgeRefusal.TooLarge, StatusCodes.Status413PayloadTooLarge, ErrorCodes.TooLarge,
                $"The body has more than {listener.RequestBodyBytesMax} bytes, the most that this edge takes "
                + $"({ListenerOptions.Section}:request_body_bytes_max). Send it in parts."),

            // Kestrel's least rate, after a grace of 5 s.
            StatusCodes.Status408RequestTimeout => RefuseAsync(
                context, EdgeRefusal.SlowBody, StatusCodes.Status408RequestTimeout, ErrorCodes.TooSlow,
                "The body came at less than 240 bytes a second. Send it faster, or in parts."),
            _ => RefuseAsync(
                context, EdgeRefusal.BadBody, StatusCodes.Status400BadRequest, ErrorCodes.BadRequest,
                "The body broke off or is malformed. Send it again, whole."),
        };

    /// <summary>The server's own status for a bad body, however deep the proxy wrapped it.</summary>
    private static int? StatusOf(Exception? error) => error switch
    {
        BadHttpRequestException bad => bad.StatusCode,
        AggregateException many => many.InnerExceptions.Select(StatusOf).FirstOrDefault(status => status is not null),
        _ => null,
    };

    private Task RefuseAsync(
        HttpContext context, EdgeRefusal refusal, int status, string code, string detail, TimeSpan? retryAfter = null)
    {
        metrics.Refused(EdgeStage.Forwarding, refusal);
        context.Response.Clear();
        return Problem.WriteAsync(context, status, code, detail, retryAfter: retryAfter);
    }
}

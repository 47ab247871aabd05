using Realtime.Hosting.Problems;
using Realtime.Protocol.Messages;

namespace Realtime.Workers.Connections;

/// <summary>Answers to connections that this worker can't take, so that the edge tries the next one.</summary>
internal static class Refusals
{
    /// <summary>Tells the edge that this refusal is about the worker, not about the request: <c>draining</c>,
    /// <c>full</c>, <c>role</c>, <c>stamp</c> or <c>starting</c>.</summary>
    public const string Header = "Realtime-Refused";

    public static Task WriteAsync(HttpContext context, ConnectionRegistry registry, ConnectionMetrics metrics)
    {
        string reason = registry.IsShut ? "draining" : "full";
        metrics.Refused(reason);
        context.Response.Headers[Header] = reason;
        return Problem.WriteAsync(
            context, StatusCodes.Status503ServiceUnavailable,
            registry.IsShut ? ErrorCodes.Draining : ErrorCodes.NoWorker,
            registry.IsShut
                ? "The worker leaves service; try again."
                : "The worker has as many connections as it may.",
            retryAfter: TimeSpan.FromSeconds(1));
    }
}

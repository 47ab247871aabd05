using System.Net;
using Realtime.Edge.Forwarding.Tunnels;
using Yarp.ReverseProxy.Transforms;

namespace Realtime.Edge.Forwarding;

/// <summary>
/// A worker's word that it takes nothing new: status 503 and header <see cref="Header"/>, with the reason.
/// </summary>
/// <param name="Reason">
/// <c>draining</c>, <c>full</c>, <c>role</c>: it does not do such things at all, <c>stamp</c>: it can't believe the
/// edge's, whose time its clock denies, or <c>starting</c>: it does not know yet which tokens were revoked.
/// </param>
internal sealed record WorkerRefusal(string Reason)
{
    public const string Header = "Realtime-Refused";

    /// <summary>
    /// Whether the worker takes nothing at all. One that is full takes no more connections, but requests as ever.
    /// </summary>
    public bool IsOfAll => Reason is "draining" or "stamp" or "starting";

    /// <summary>
    /// Looks at the head of an answer before anything of it goes to the client; a refusal is kept back, so that another
    /// worker can be asked.
    /// </summary>
    public static ValueTask OnAnswer(ResponseTransformContext answer)
    {
        if (answer.ProxyResponse is not { } response)
        {
            return ValueTask.CompletedTask;
        }

        answer.HttpContext.Features.Get<Attempt>()?.Answered();
        if (response.StatusCode == HttpStatusCode.ServiceUnavailable
            && response.Headers.TryGetValues(Header, out IEnumerable<string>? reasons))
        {
            answer.HttpContext.Features.Set(new WorkerRefusal(string.Join(',', reasons)));
            answer.SuppressResponseBody = true;
        }

        return ValueTask.CompletedTask;
    }

    /// <summary>The same of an answer to an upgrade; null if it is none.</summary>
    public static WorkerRefusal? Of(AnswerHead answer) =>
        answer.Status == StatusCodes.Status503ServiceUnavailable && answer.Has(Header)
            ? new WorkerRefusal(answer.Single(Header) ?? "")
            : null;
}

using System.Net;
using Yarp.ReverseProxy.Transforms;

namespace Realtime.Edge.Forwarding;

/// <summary>
/// A worker's word that it takes nothing new: status 503 and header <see cref="Header"/>, such as <c>draining</c>.
/// </summary>
internal sealed record WorkerRefusal
{
    public const string Header = "Realtime-Refused";

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

        answer.HttpContext.Features.Get<AnswerDeadline>()?.Met();
        if (response.StatusCode == HttpStatusCode.ServiceUnavailable && response.Headers.Contains(Header))
        {
            answer.HttpContext.Features.Set(new WorkerRefusal());
            answer.SuppressResponseBody = true;
        }

        return ValueTask.CompletedTask;
    }
}

using Realtime.Hosting.Identity;

namespace Realtime.Loadtests.Targets;

/// <summary>Puts the stamp of a publisher on each request to a worker.</summary>
internal sealed class StampedRequests(WorkerStamps stamps, HttpMessageHandler inner) : DelegatingHandler(inner)
{
    /// <inheritdoc/>
    protected override Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request, CancellationToken cancellationToken)
    {
        request.Headers.TryAddWithoutValidation(IdentityStamp.Header, stamps.OfPublisher());
        return base.SendAsync(request, cancellationToken);
    }
}

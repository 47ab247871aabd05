namespace Realtime.Edge.Forwarding;

/// <summary>
/// Reads the answer to a probe to its end, within the probe's own time: the proxy gives its policies the head alone,
/// and they may not wait.
/// </summary>
internal sealed class WholeProbes(HttpMessageHandler inner) : DelegatingHandler(inner)
{
    /// <summary>Where a worker tells its readiness. No route of a client leads there.</summary>
    public const string Path = "/readyz";

    /// <summary>A report is some hundred bytes.</summary>
    private const int ReportBytesMax = 64 * 1024;

    protected override async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request, CancellationToken cancellationToken)
    {
        HttpResponseMessage response = await base.SendAsync(request, cancellationToken);
        if (request.RequestUri?.AbsolutePath != Path)
        {
            return response;
        }

        try
        {
            await response.Content.LoadIntoBufferAsync(ReportBytesMax, cancellationToken);
            return response;
        }
        catch
        {
            response.Dispose();
            throw;
        }
    }
}

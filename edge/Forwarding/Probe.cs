using Realtime.Hosting.Health;

namespace Realtime.Edge.Forwarding;

/// <summary>Asks workers for <see cref="Path"/>, on connections of its own.</summary>
internal sealed class Probe(WorkerConnect connect) : IDisposable
{
    /// <summary>Where a worker tells its readiness. No route of a client leads there.</summary>
    public const string Path = "readyz";

    /// <summary>A report is some hundred bytes.</summary>
    private const int ReportBytesMax = 64 * 1024;

    private readonly HttpClient _client = new(connect.NewHandler())
    {
        MaxResponseContentBufferSize = ReportBytesMax,
        Timeout = Timeout.InfiniteTimeSpan,
    };

    /// <summary>Asks once. What goes wrong is a result; only the caller's own word to stop is thrown.</summary>
    public async Task<ProbeResult> AskAsync(string address, CancellationToken cancellationToken)
    {
        try
        {
            using HttpResponseMessage answer = await _client.GetAsync(
                new Uri(new Uri(address), Path), cancellationToken);
            ReadinessReport? report = ReadinessReport.TryRead(
                await answer.Content.ReadAsByteArrayAsync(cancellationToken));
            return new(StateOf(answer, report), report);
        }
        catch (HttpRequestException error)
        {
            return new(
                WorkerState.Unreachable, IsSilent: error.InnerException is TimeoutException, Error: error.Message);
        }
    }

    public void Dispose() => _client.Dispose();

    private static WorkerState StateOf(HttpResponseMessage answer, ReadinessReport? report) => answer switch
    {
        { IsSuccessStatusCode: true } => WorkerState.Ready,
        _ => report?.Status == ReadinessStatus.Draining ? WorkerState.Draining : WorkerState.Unready,
    };
}

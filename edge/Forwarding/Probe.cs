using Realtime.Hosting.Health;
using Realtime.Hosting.Identity;

namespace Realtime.Edge.Forwarding;

/// <summary>Asks workers for <see cref="Path"/>, on connections of its own.</summary>
internal sealed class Probe(WorkerConnect connect, WorkerStamps stamps) : IDisposable
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
    public async Task<ProbeResult> AskAsync(Worker worker, CancellationToken cancellationToken)
    {
        try
        {
            string name = WorkerStamps.NameOf(worker);
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(new Uri(worker.Address), Path));
            request.Headers.TryAddWithoutValidation(
                OperatorStamp.Header, stamps.SignOperator(worker, ProbeStamp.Method, ProbeStamp.Target));
            using HttpResponseMessage answer = await _client.SendAsync(request, cancellationToken);
            ReadinessReport? report = ReadinessReport.TryRead(
                await answer.Content.ReadAsByteArrayAsync(cancellationToken));
            WorkerState state = StateOf(answer, report);
            return report is not null && IsDisbelieved(answer, report, name)
                ? ProbeResult.OtherKeys(state, report)
                : new(state, report);
        }
        catch (HttpRequestException error)
        {
            return new(
                WorkerState.Unreachable, IsSilent: error.InnerException is TimeoutException, Error: error.Message);
        }
    }

    public void Dispose() => _client.Dispose();

    /// <summary>
    /// Whether the worker found the stamp wrong. Not for having another name than the one that it was made for, as
    /// long as that is not known.
    /// </summary>
    private static bool IsDisbelieved(HttpResponseMessage answer, ReadinessReport report, string name) =>
        (report.Name is null || report.Name == name)
        && answer.Headers.TryGetValues(ProbeStamp.Header, out IEnumerable<string>? verdicts)
        && verdicts.Contains(ProbeStamp.NameOf(StampVerdict.Wrong));

    private static WorkerState StateOf(HttpResponseMessage answer, ReadinessReport? report) => answer switch
    {
        { IsSuccessStatusCode: true } => WorkerState.Ready,
        _ => report?.Status == ReadinessStatus.Draining ? WorkerState.Draining : WorkerState.Unready,
    };
}

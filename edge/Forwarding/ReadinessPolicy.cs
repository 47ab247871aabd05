using Realtime.Hosting.Health;
using Yarp.ReverseProxy.Health;
using Yarp.ReverseProxy.Model;

namespace Realtime.Edge.Forwarding;

/// <summary>Reads the workers' <c>/readyz</c>: health and load. One answer decides, in both directions.</summary>
internal sealed partial class ReadinessPolicy(
    WorkerTable workers, IDestinationHealthUpdater health, ILogger<ReadinessPolicy> logger) : IActiveHealthCheckPolicy
{
    public const string PolicyName = "Readiness";

    public string Name => PolicyName;

    public void ProbingCompleted(ClusterState cluster, IReadOnlyList<DestinationProbingResult> probingResults)
    {
        var found = new NewActiveDestinationHealth[probingResults.Count];
        for (int i = 0; i < found.Length; i++)
        {
            DestinationProbingResult result = probingResults[i];
            ReadinessReport? report = ReportOf(result.Response);
            WorkerState state = StateOf(result.Response, report);
            Worker worker = workers.Of(result.Destination);
            if (worker.Probed(state, report, IsSilent(result.Exception)))
            {
                LogChange(worker, state, result.Exception);
            }

            found[i] = new(
                result.Destination,
                state == WorkerState.Ready ? DestinationHealth.Healthy : DestinationHealth.Unhealthy);
        }

        health.SetActive(cluster, found);
    }

    private static ReadinessReport? ReportOf(HttpResponseMessage? response)
    {
        if (response is null)
        {
            return null;
        }

        // From memory: see WholeProbes.
        using var body = new MemoryStream();
        response.Content.CopyTo(body, context: null, CancellationToken.None);
        return ReadinessReport.TryRead(body.GetBuffer().AsSpan(0, (int)body.Length));
    }

    private static WorkerState StateOf(HttpResponseMessage? response, ReadinessReport? report) => response switch
    {
        null => WorkerState.Unreachable,
        { IsSuccessStatusCode: true } => WorkerState.Ready,
        _ => report?.Status == ReadinessStatus.Draining ? WorkerState.Draining : WorkerState.Unready,
    };

    private static bool IsSilent(Exception? error) =>
        error is OperationCanceledException or HttpRequestException { InnerException: TimeoutException };

    private void LogChange(Worker worker, WorkerState state, Exception? error)
    {
        switch (state)
        {
            case WorkerState.Ready:
                Log.Ready(logger, worker.Id);
                break;
            case WorkerState.Draining:
                Log.Draining(logger, worker.Id);
                break;
            case WorkerState.Unready:
                Log.Unready(logger, worker.Id, string.Join("; ", worker.Report?.Reasons ?? []));
                break;
            default:
                Log.Unreachable(logger, worker.Id, worker.Address, error?.Message ?? "no answer");
                break;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Worker {Worker} is ready.")]
        public static partial void Ready(ILogger logger, string worker);

        [LoggerMessage(2, LogLevel.Information, "Worker {Worker} is draining: it gets nothing new.")]
        public static partial void Draining(ILogger logger, string worker);

        [LoggerMessage(3, LogLevel.Warning,
            "Worker {Worker} says that it cannot serve: {Reasons}. It gets nothing new.")]
        public static partial void Unready(ILogger logger, string worker, string reasons);

        [LoggerMessage(4, LogLevel.Warning,
            "Worker {Worker} does not answer /readyz at {Address}; it gets nothing new until it does. Why: {Error}")]
        public static partial void Unreachable(ILogger logger, string worker, string address, string error);
    }
}

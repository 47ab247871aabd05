namespace Realtime.Edge.Forwarding;

/// <summary>
/// Asks each worker again and again how it is, each in a loop of its own, so that one that hangs delays no word of the
/// others. From a fault to the worker being out of routing: at most <c>probe_interval</c> until it is asked, and
/// <c>probe_timeout</c> until it is late.
/// </summary>
internal sealed partial class WorkerProbes(
    WorkerTable workers, Probe probe, ForwardingOptions options, EdgeMetrics metrics, TimeProvider clock,
    ILogger<WorkerProbes> logger) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(workers.All.Select(worker => WatchAsync(worker, stoppingToken)));

    /// <summary>Asks a worker out of turn: after an order, what it says now is worth knowing at once.</summary>
    public async Task LookAsync(Worker worker, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(options.ProbeTimeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            Found(worker, await probe.AskAsync(worker, either.Token));
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // Its next turn tells more.
        }
    }

    private async Task WatchAsync(Worker worker, CancellationToken stopping)
    {
        List<Task> late = [];
        try
        {
            while (true)
            {
                Task interval = Task.Delay(options.ProbeInterval, clock, stopping);
                // How long nothing was heard of it; null if it answered, or the fault was ours.
                TimeSpan? waited = null;
                try
                {
                    waited = await RoundAsync(worker, late, stopping);
                }
                catch (Exception error) when (!stopping.IsCancellationRequested)
                {
                    // Nothing may end this loop but stopping: the worker would stay for ever what it was found to be.
                    Log.Broken(logger, worker.Id, error);
                    Found(worker, new(WorkerState.Unreachable, Error: error.Message));
                }

                await interval;
                if (waited is { } time && options.ProbeInterval > time)
                {
                    worker.WasSilent(options.ProbeInterval - time);
                }
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            await Task.WhenAll(late).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<TimeSpan?> RoundAsync(Worker worker, List<Task> late, CancellationToken stopping)
    {
        Task<ProbeResult> asking = AskAsync(worker, stopping);
        await Task.WhenAny(asking, Task.Delay(options.ProbeTimeout, clock, stopping));
        stopping.ThrowIfCancellationRequested();
        ProbeResult result = asking.IsCompleted ? await asking : ProbeResult.Late(options.ProbeTimeout);
        if (!asking.IsCompleted)
        {
            // Goes on: a late answer is no readiness, but a sign of life. As many as fit into silent_cut.
            late.Add(asking);
        }

        late.RemoveAll(task => task.IsCompleted);
        Found(worker, result);
        if (result.State != WorkerState.Unreachable)
        {
            return null;
        }

        TimeSpan waited = result.IsSilent ? options.ProbeTimeout : TimeSpan.Zero;
        worker.Unanswered();
        worker.WasSilent(waited);
        CutIfSilent(worker);
        return waited;
    }

    /// <summary>
    /// One probe, given up only when the worker counts as silent anyway; hearing from it is noted whenever it is.
    /// </summary>
    private async Task<ProbeResult> AskAsync(Worker worker, CancellationToken stopping)
    {
        TimeSpan patience = options.SilentCut > options.ProbeTimeout ? options.SilentCut : options.ProbeTimeout;
        using var timeout = new CancellationTokenSource(patience, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, stopping);
        try
        {
            ProbeResult result = await probe.AskAsync(worker, either.Token);
            if (result.State != WorkerState.Unreachable)
            {
                worker.Heard();
            }

            return result;
        }
        catch (OperationCanceledException) when (!stopping.IsCancellationRequested)
        {
            return ProbeResult.Late(patience);
        }
    }

    private void Found(Worker worker, ProbeResult result)
    {
        if (worker.Probed(result))
        {
            LogChange(worker, result);
        }
    }

    /// <summary>
    /// What hangs keeps its connections open, and its clients would wait for it until their own heartbeats are missed:
    /// cut, they go elsewhere at once. A worker that answers, however slowly, keeps them. So does one beside which
    /// nobody is ready: it may be our own network, and there is nobody to go to.
    /// </summary>
    private void CutIfSilent(Worker worker)
    {
        TimeSpan silence = worker.Silence;
        if (silence < options.SilentCut || worker.UnansweredProbes < Worker.SilentProbesMax
            || !workers.All.Any(other => other != worker && other.State == WorkerState.Ready))
        {
            return;
        }

        long connections = worker.Connections;
        long requests = worker.Requests;
        if (connections + requests > 0)
        {
            Log.Cut(logger, worker.Id, silence.TotalSeconds, connections, requests);
            metrics.Cut(ConnectionCut.SilentWorker, connections + requests);
            worker.CutAll();
        }
    }

    private void LogChange(Worker worker, ProbeResult result)
    {
        switch (result.State)
        {
            case WorkerState.Ready:
                Log.Ready(logger, worker.Id);
                break;
            case WorkerState.Draining:
                Log.Draining(logger, worker.Id);
                break;
            case WorkerState.Unready when result.HasOtherKeys:
                Log.OtherKeys(logger, worker.Id);
                break;
            case WorkerState.Unready:
                Log.Unready(logger, worker.Id, string.Join("; ", result.Report?.Reasons ?? []));
                break;
            default:
                Log.Unreachable(logger, worker.Id, worker.Address, result.Error ?? "no answer");
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

        [LoggerMessage(5, LogLevel.Warning,
            "Worker {Worker} has said nothing for {Seconds:0.0} s: {Connections} connections and {Requests} requests"
            + " to it were cut, so that clients go elsewhere (connection_plane:edge:forwarding:silent_cut).")]
        public static partial void Cut(
            ILogger logger, string worker, double seconds, long connections, long requests);

        [LoggerMessage(7, LogLevel.Warning,
            "Worker {Worker} does not believe what this edge signs: connection_plane:internal_keys differ. It gets "
            + "nothing; give both the same keys.")]
        public static partial void OtherKeys(ILogger logger, string worker);

        [LoggerMessage(6, LogLevel.Error,
            "A probe of worker {Worker} failed in an unforeseen way; the next one follows.")]
        public static partial void Broken(ILogger logger, string worker, Exception error);
    }
}

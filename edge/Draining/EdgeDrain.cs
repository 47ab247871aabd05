using Realtime.Edge.Admin.Asking;
using Realtime.Edge.Admin.Workers;
using Realtime.Edge.Forwarding;
using Realtime.Hosting.Health;

namespace Realtime.Edge.Draining;

/// <summary>
/// Takes the edge out of service. It closes no connection itself, since it knows no frames: it asks each worker to let
/// those of this edge go, and copies on until they have left.
/// </summary>
internal sealed partial class EdgeDrain(
    EdgeOptions edge, WorkerTable workers, WorkerAsk ask, EdgeMetrics metrics, TimeProvider clock,
    ILogger<EdgeDrain> logger) : IReadinessCheck, IAsyncDisposable
{
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(100);

    /// <summary>A worker that did not take the order is asked again after so many looks.</summary>
    private const int LooksBetweenOrders = 10;

    /// <summary>Workers cut what is left at the deadline; the edge only what they could not.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private EdgeDrainRun? _run;
    private bool _isLeaving;

    /// <summary>Whether the edge is to stay.</summary>
    public EdgeState State
    {
        get
        {
            EdgeDrainRun? run = Volatile.Read(ref _run);
            return run is null ? EdgeState.Serving : run.IsDone ? EdgeState.Drained : EdgeState.Draining;
        }
    }

    /// <summary>Whether the process is ending, so that the drain can't be undone.</summary>
    public bool IsLeaving => _isLeaving;

    private long Open => workers.All.Sum(worker => worker.Connections);

    /// <summary>How far it is; null if it is to stay.</summary>
    public EdgeDrainReport? Report() => Volatile.Read(ref _run)?.Report(Open);

    public Readiness Check() => State switch
    {
        EdgeState.Serving => Readiness.Ready,
        EdgeState.Draining => Readiness.Draining($"the edge drains: {Open} connections are left"),
        _ => Readiness.Draining("the edge is drained"),
    };

    /// <summary>Begins; for one that is under way: another deadline and pace for what is left.</summary>
    public void Begin(EdgeDrainOrder order)
    {
        lock (_gate)
        {
            DateTimeOffset now = clock.GetUtcNow();
            if (_run is { } run)
            {
                run.Order(order, now);
            }
            else
            {
                _run = new EdgeDrainRun(order, now, Open);
                _run.Task = RunAsync(_run);
            }
        }

        Log.Ordered(logger, order.By, Open, order.Deadline.TotalSeconds, order.Pace);
    }

    /// <summary>The edge is to stay after all. False if the process is ending.</summary>
    public async Task<bool> TryUndoAsync(CancellationToken cancellationToken)
    {
        EdgeDrainRun? run;
        lock (_gate)
        {
            if (_isLeaving)
            {
                return false;
            }

            run = _run;
            _run = null;
        }

        if (run is not null)
        {
            await run.DisposeAsync();
            await ask.AskAllAsync(HttpMethod.Post, $"/internal/edges/{edge.EdgeId}/undrain", cancellationToken);
            Log.Undone(logger);
        }

        return true;
    }

    /// <summary>Drains, and comes back when nothing is left, or nothing more can be waited for.</summary>
    public async Task LeaveAsync(EdgeDrainOrder order, CancellationToken atOnce)
    {
        EdgeDrainRun run;
        lock (_gate)
        {
            _isLeaving = true;
        }

        Begin(order);
        run = Volatile.Read(ref _run)!;
        await run.Task.WaitAsync(atOnce).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public async ValueTask DisposeAsync()
    {
        // Twice: it is known by two names.
        if (Interlocked.Exchange(ref _run, null) is { } run)
        {
            await run.DisposeAsync();
        }
    }

    private async Task RunAsync(EdgeDrainRun run)
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        try
        {
            for (int looks = 0; Open > 0; looks++)
            {
                if (run.TakesOrder() || looks % LooksBetweenOrders == 0)
                {
                    await OrderAsync(run);
                }

                if (clock.GetUtcNow() >= run.DeadlineAt + Grace || run.IsHopeless(workers.All))
                {
                    Cut(run);
                    break;
                }

                await Task.Delay(LookInterval, clock, run.Stopping);
            }

            run.IsDone = true;
            Log.Drained(logger, (clock.GetUtcNow() - run.StartedAt).TotalSeconds, run.CutCount);
        }
        catch (OperationCanceledException) when (run.Stopping.IsCancellationRequested)
        {
            // Undone.
        }
    }

    /// <summary>The pace is shared out by how many of its connections each worker holds.</summary>
    private async Task OrderAsync(EdgeDrainRun run)
    {
        long open = Math.Max(1, Open);
        TimeSpan left = run.DeadlineAt - clock.GetUtcNow();
        left = left < DrainOrderQuery.DeadlineMin ? DrainOrderQuery.DeadlineMin : left;
        await Task.WhenAll(workers.All.Where(run.IsToOrder).Select(async worker =>
        {
            int pace = (int)Math.Max(1, Math.Ceiling((double)run.Pace * worker.Connections / open));
            string target = $"/internal/edges/{edge.EdgeId}/drain"
                + DrainOrderQuery.Write(TimeSpan.FromMilliseconds(Math.Ceiling(left.TotalMilliseconds)), pace);
            WorkerWord word = await ask.AskAsync(worker, HttpMethod.Post, target, run.Stopping);
            run.Ordered(word);
            if (!word.IsGood)
            {
                Log.NotOrdered(logger, worker.Id, word.Error!);
            }
        }));
    }

    private void Cut(EdgeDrainRun run)
    {
        long left = Open;
        run.CutCount = left;
        metrics.Cut(ConnectionCut.EdgeDrained, left);
        Log.Cut(logger, left);
        foreach (Worker worker in workers.All)
        {
            worker.CutAll();
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information,
            "The edge drains, ordered by {By}: {Connections} connections, within {Seconds} s, {Pace} in a second.")]
        public static partial void Ordered(ILogger logger, string by, long connections, double seconds, int pace);

        [LoggerMessage(2, LogLevel.Warning,
            "Worker {Worker} did not take the order to let this edge's connections go; it is asked again. {Error}")]
        public static partial void NotOrdered(ILogger logger, string worker, string error);

        [LoggerMessage(3, LogLevel.Warning,
            "{Connections} connections were left at the end of the edge's drain and were cut.")]
        public static partial void Cut(ILogger logger, long connections);

        [LoggerMessage(4, LogLevel.Information, "The edge is drained, after {Seconds:0.0} s; {Cut} were cut.")]
        public static partial void Drained(ILogger logger, double seconds, long cut);

        [LoggerMessage(5, LogLevel.Information, "The edge's drain is undone: it serves again.")]
        public static partial void Undone(ILogger logger);
    }
}

using System.Collections.Immutable;
using System.Text.Json;
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
    private EdgeUndrain? _undo;
    private bool _isLeaving;

    /// <summary>Whether the edge is to stay.</summary>
    public EdgeState State
    {
        get
        {
            EdgeDrainRun? run = Volatile.Read(ref _run);
            return Volatile.Read(ref _undo) is { Told.IsCompleted: false } ? EdgeState.Undraining
                : run is null ? EdgeState.Serving : run.IsDone ? EdgeState.Drained : EdgeState.Draining;
        }
    }

    /// <summary>Whether the process is ending, so that the drain can't be undone.</summary>
    public bool IsLeaving => _isLeaving;

    private long Open => workers.All.Sum(worker => worker.Connections);

    /// <summary>Workers that have not yet heard that the edge stays; they are told again.</summary>
    public ImmutableArray<Unanswered> UndrainPending => Volatile.Read(ref _undo)?.Pending ?? [];

    /// <summary>How far it is; null if it is to stay.</summary>
    public EdgeDrainReport? Report() => Volatile.Read(ref _run)?.Report(Open);

    public Readiness Check() => State switch
    {
        EdgeState.Serving => Readiness.Ready,
        EdgeState.Draining => Readiness.Draining($"the edge drains: {Open} connections are left"),
        EdgeState.Undraining => Readiness.Draining("the edge's drain is being undone"),
        _ => Readiness.Draining("the edge is drained"),
    };

    /// <summary>Begins; for one that is under way: another deadline and pace for what is left.</summary>
    public void Begin(EdgeDrainOrder order)
    {
        lock (_gate)
        {
            if (_run is { } run)
            {
                run.Order(order);
            }
            else
            {
                var begun = new EdgeDrainRun(order, Open, clock);
                begun.Task = RunAsync(begun, _undo);
                _run = begun;
                _undo = null;
            }
        }

        Log.Ordered(logger, order.By, Open, order.Deadline.TotalSeconds, order.Pace);
    }

    /// <summary>
    /// The edge is to stay after all; done when it serves again. False if the process is ending. Whoever asks may go:
    /// the workers are told all the same.
    /// </summary>
    public async Task<bool> TryUndoAsync(CancellationToken cancellationToken)
    {
        EdgeUndrain? undo;
        lock (_gate)
        {
            if (_isLeaving)
            {
                return false;
            }

            if (_run is { } run)
            {
                // Before the run is forgotten: nothing comes in between.
                string target = $"/internal/edges/{edge.EdgeId}/undrain";
                _undo = new EdgeUndrain(run, target, workers, ask, clock, logger);
                _undo.Begin();
                _run = null;
                Log.Undone(logger);
            }

            undo = _undo;
        }

        await (undo?.Told ?? Task.CompletedTask).WaitAsync(cancellationToken);
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

        if (Interlocked.Exchange(ref _undo, null) is { } undo)
        {
            await undo.DisposeAsync();
        }
    }

    private async Task RunAsync(EdgeDrainRun run, EdgeUndrain? undo)
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        try
        {
            await (undo?.DisposeAsync() ?? ValueTask.CompletedTask);
            for (int looks = 0; Open > 0; looks++)
            {
                if (run.TakesOrder() || looks % LooksBetweenOrders == 0)
                {
                    await LookAsync(run);
                    await OrderAsync(run);
                }

                if (run.Left <= -Grace || run.IsHopeless(workers.All))
                {
                    Cut(run);
                    break;
                }

                await Task.Delay(LookInterval, clock, run.Stopping);
            }

            run.IsDone = true;
            Log.Drained(logger, run.Elapsed.TotalSeconds, run.CutCount);
        }
        catch (OperationCanceledException) when (run.Stopping.IsCancellationRequested)
        {
            // Undone.
        }
    }

    /// <summary>
    /// A worker's part is over when it holds none of this edge's connections. What was still shaking hands then has
    /// come since, or will: such a worker is ordered again.
    /// </summary>
    private async Task LookAsync(EdgeDrainRun run) => await Task.WhenAll(
        workers.All.Where(run.IsToLookAt).Select(async worker =>
        {
            WorkerWord word = await ask.AskAsync(worker, HttpMethod.Get, "/internal/status", run.Stopping);
            if (word.IsGood && !IsDraining(word))
            {
                run.Ended(worker);
            }
        }));

    private bool IsDraining(WorkerWord word) => word.List("edges").Any(one =>
        one.TryGetProperty("edge", out JsonElement id) && id.ValueEquals(edge.EdgeId)
        && one.TryGetProperty("drain", out JsonElement drain) && drain.ValueKind == JsonValueKind.Object
        && drain.TryGetProperty("left", out JsonElement left) && left.ValueKind == JsonValueKind.Number
        && left.TryGetInt64(out long count) && count > 0);

    /// <summary>The pace is shared out by how many of its connections each worker holds.</summary>
    private async Task OrderAsync(EdgeDrainRun run)
    {
        long open = Math.Max(1, Open);
        TimeSpan left = run.Left;
        left = left < DrainOrderQuery.DeadlineMin ? DrainOrderQuery.DeadlineMin : left;
        await Task.WhenAll(workers.All.Where(run.IsToOrder).Select(async worker =>
        {
            int pace = (int)Math.Max(1, Math.Ceiling((double)run.Pace * worker.Connections / open));
            string target = $"/internal/edges/{edge.EdgeId}/drain"
                + DrainOrderQuery.Write(TimeSpan.FromMilliseconds(Math.Ceiling(left.TotalMilliseconds)), pace);
            // Not given up when it is undone: it would come behind the word that undoes it.
            WorkerWord word = await ask.AskAsync(worker, HttpMethod.Post, target, CancellationToken.None);
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

        [LoggerMessage(5, LogLevel.Information, "The edge's drain is undone: it serves when the workers know.")]
        public static partial void Undone(ILogger logger);
    }
}

using Realtime.Hosting.Health;

namespace Realtime.Workers.Drain;

/// <summary>
/// The drain state of this worker, which it owns: edges order, and learn by <c>/readyz</c> and refused upgrades.
/// </summary>
/// <remarks>
/// <code>
///            order                none is left
///  Serving --------> Draining --------------------> Drained      an order while draining: new deadline and pace
///     ^  ^              |                              |         an order when drained: nothing
///     |  +--- undrain --+                              |
///     +------ undrain ---------------------------------+         SIGTERM: the same, and no way back
/// </code>
/// Beside it, any number of edges' connections may be drained, by which the worker stays in service.
/// </remarks>
internal sealed class WorkerDrain(DrainServices services) : IReadinessCheck, IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, DrainRun> _edges = new(StringComparer.Ordinal);
    private readonly List<DrainRun> _stopped = [];
    private DrainRun? _run;
    private bool _isLeaving;

    public DrainState State
    {
        get
        {
            lock (_gate)
            {
                return StateOf(_run);
            }
        }
    }

    /// <summary>Whether the process is ending, so that nothing can be undone.</summary>
    public bool IsLeaving
    {
        get
        {
            lock (_gate)
            {
                return _isLeaving;
            }
        }
    }

    /// <summary>The worker's state with its drain, both of one moment; no drain if it serves.</summary>
    public (DrainState State, DrainProgress? Progress) Status
    {
        get
        {
            lock (_gate)
            {
                // The figures first: a drain that ends between the two reads is told as still draining.
                DrainProgress? progress = _run?.Progress;
                DrainState state = StateOf(_run);
                return (state == DrainState.Drained && progress!.Left > 0 ? DrainState.Draining : state, progress);
            }
        }
    }

    /// <summary>The drains of edges that run, or whose deadline is still to come.</summary>
    public IReadOnlyDictionary<string, DrainProgress> Edges
    {
        get
        {
            lock (_gate)
            {
                ForgetEdges();
                return _edges.ToDictionary(edge => edge.Key, edge => edge.Value.Progress);
            }
        }
    }

    /// <inheritdoc/>
    public Readiness Check() => State switch
    {
        DrainState.Draining => Readiness.Draining("the worker is being drained"),
        DrainState.Drained => Readiness.Draining("the worker is drained"),
        _ => Readiness.Ready,
    };

    /// <summary>Takes the worker out of service; false if it is drained, and nothing changes.</summary>
    public bool Order(DrainOrder order)
    {
        lock (_gate)
        {
            if (StateOf(_run) == DrainState.Drained)
            {
                return false;
            }

            // The end of the process has its own deadline.
            if (!_isLeaving)
            {
                Drain(order);
            }

            return true;
        }
    }

    /// <summary>Puts the worker into service again; false if the process is ending.</summary>
    public bool TryUndrain()
    {
        lock (_gate)
        {
            if (_isLeaving)
            {
                return false;
            }

            if (_run is not null)
            {
                Stop(_run);
                _run = null;
                services.Registry.Reopen();
            }

            return true;
        }
    }

    /// <summary>Whether an edge's drain has come to its end: what comes by that edge now, stays.</summary>
    internal bool HasEnded(string edge)
    {
        lock (_gate)
        {
            return _edges.GetValueOrDefault(edge) is { Ended.IsCompleted: true };
        }
    }

    /// <summary>Drains what came by one edge; more that comes by it is drained too, until none is left.</summary>
    public void OrderEdge(string edge, DrainOrder order)
    {
        lock (_gate)
        {
            ForgetEdges();
            if (_edges.TryGetValue(edge, out DrainRun? run) && !run.Ended.IsCompleted)
            {
                run.Order(order);
                return;
            }

            _edges[edge] = run = new DrainRun(services, edge, order, static () => true);
            run.Begin();
        }
    }

    /// <summary>Ends the drain of an edge's connections.</summary>
    public void UndrainEdge(string edge)
    {
        lock (_gate)
        {
            if (_edges.Remove(edge, out DrainRun? run))
            {
                Stop(run);
            }
        }
    }

    /// <summary>The last drain: done when no connection is left, all are cut, or it is cancelled.</summary>
    public async Task LeaveAsync(DrainOrder order, CancellationToken cancellationToken)
    {
        DrainRun run;
        lock (_gate)
        {
            _isLeaving = true;
            run = StateOf(_run) == DrainState.Drained ? _run! : Drain(order);
        }

        await run.Ended.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public async ValueTask DisposeAsync()
    {
        DrainRun[] runs;
        lock (_gate)
        {
            runs = [.. _edges.Values, .. _stopped, .. _run is null ? (DrainRun[])[] : [_run]];
        }

        foreach (DrainRun run in runs)
        {
            await run.DisposeAsync();
        }
    }

    private static DrainState StateOf(DrainRun? run) => run switch
    {
        null => DrainState.Serving,
        { Ended.IsCompleted: true } => DrainState.Drained,
        _ => DrainState.Draining,
    };

    private DrainRun Drain(DrainOrder order)
    {
        if (_run is not null)
        {
            _run.Order(order);
            return _run;
        }

        // Shut first: from then on no place is taken, so that none left means none to come.
        services.Registry.Shut();
        _run = new DrainRun(services, edge: null, order, () => services.Registry.Places == 0);
        _run.Begin();
        return _run;
    }

    private void Stop(DrainRun run)
    {
        run.Stop();
        _stopped.RemoveAll(static other => other.Ended.IsCompleted);
        _stopped.Add(run);
    }

    private void ForgetEdges()
    {
        DateTimeOffset now = services.Clock.GetUtcNow();
        foreach ((string edge, DrainRun run) in _edges)
        {
            if (run.Ended.IsCompleted && run.Progress.DeadlineAt <= now)
            {
                _edges.Remove(edge);
            }
        }
    }
}

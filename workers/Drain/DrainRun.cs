using Realtime.Workers.Connections;
using Realtime.Workers.Delivery;

namespace Realtime.Workers.Drain;

/// <summary>
/// One drain, of all connections or of those of one edge: tells them to leave one after another, in random order and at
/// a pace; cuts those that are left at the deadline; ends when none is left.
/// </summary>
/// <remarks>
/// One loop. All figures stand behind one gate, and a connection is counted in all of them or in none: it is a member
/// from when it is seen among the open ones (at the start, or when it comes later) until it has gone. Connections are
/// told, and cut, outside the gate.
/// </remarks>
internal sealed partial class DrainRun : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly DrainServices _services;
    private readonly string? _edge;
    private readonly Func<bool> _isEmpty;
    private readonly Signal _signal = new();
    private readonly WakeTimer _timer;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly long _startedTimestamp;
    private readonly DateTimeOffset _startedAt;
    private readonly DrainPace _pace = new();
    private readonly HashSet<RegisteredConnection> _left = [];
    private readonly RandomBag<RegisteredConnection> _untold = new();

    private DrainOrder _order;
    private TimeSpan _deadlineAt;
    private DateTimeOffset _deadline;
    private int _connections;
    private int _sent;
    private int _cut;
    private bool _isOver;
    private bool _isStopped;
    private Task _running = Task.CompletedTask;

    /// <summary>Makes one that has not begun.</summary>
    /// <param name="services">What all share.</param>
    /// <param name="edge">Whose connections; null for all.</param>
    /// <param name="order">What was ordered.</param>
    /// <param name="isEmpty">Besides its own members: whether nothing is left that could become one.</param>
    public DrainRun(DrainServices services, string? edge, DrainOrder order, Func<bool> isEmpty)
    {
        _services = services;
        _edge = edge;
        _isEmpty = isEmpty;
        _order = order;
        _timer = new WakeTimer(_signal, services.Clock);
        _startedTimestamp = services.Clock.GetTimestamp();
        _startedAt = services.Clock.GetUtcNow();
    }

    /// <summary>Done when none is left, or it was stopped.</summary>
    public Task Ended => _ended.Task;

    public DrainProgress Progress
    {
        get
        {
            lock (_gate)
            {
                return new DrainProgress(
                    _startedAt, _deadline, _pace.InForce, _pace.Asked, _connections, _left.Count, _sent, _cut,
                    _order.By);
            }
        }
    }

    private TimeSpan Now => _services.Clock.GetElapsedTime(_startedTimestamp);

    /// <summary>Begins. Connections that come while it runs are drained too.</summary>
    public void Begin()
    {
        _services.Metrics.Started(_edge is null);
        _services.Registry.Came += Come;
        _services.Registry.Gone += Go;
        _services.Registry.PlaceFreed += _signal.Raise;

        // Heard of first, then counted: who comes or goes meanwhile is in the registry or was heard of, or both.
        foreach (RegisteredConnection connection in _services.Registry.All)
        {
            Come(connection);
        }

        Order(_order);
        _running = RunAsync();
    }

    /// <summary>A new deadline and pace, for those that are left.</summary>
    public void Order(DrainOrder order)
    {
        DrainProgress progress;
        bool isRaised;
        lock (_gate)
        {
            if (_isOver || _isStopped)
            {
                return; // All are cut already, and only have to go.
            }

            _order = order;
            _deadlineAt = Now + order.Deadline;
            _deadline = _services.Clock.GetUtcNow() + order.Deadline;
            _pace.Begin(Now, _deadlineAt, _untold.Count, order.Pace);
            isRaised = _pace.IsRaised;
        }

        progress = Progress;
        Log.Ordered(
            _services.Logger, _edge ?? "all edges", order.By, progress.Left, order.Deadline.TotalSeconds,
            progress.Pace);
        if (isRaised)
        {
            _services.Metrics.Raised();
            Log.PaceRaised(
                _services.Logger, progress.AskedPace, progress.Pace, progress.Left, order.Deadline.TotalSeconds);
        }

        _signal.Raise();
    }

    /// <summary>No further one is told or cut. Those that were told go all the same.</summary>
    public void Stop()
    {
        lock (_gate)
        {
            _isStopped = true;
        }

        _signal.Raise();
    }

    public async ValueTask DisposeAsync()
    {
        Stop();
        await _running;
    }

    private async Task RunAsync()
    {
        // Begin() holds its caller's lock; nothing of the loop runs under it.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        try
        {
            while (Step() is { } waitUntil)
            {
                if (WaitFor(waitUntil))
                {
                    await _signal.WaitAsync();
                }
            }
        }
        finally
        {
            _services.Registry.Came -= Come;
            _services.Registry.Gone -= Go;
            _services.Registry.PlaceFreed -= _signal.Raise;
            _timer.Dispose();
            _ended.TrySetResult();
        }
    }

    /// <summary>Does what is due; returns until when to wait, or null if there is nothing left to do.</summary>
    private TimeSpan? Step()
    {
        RegisteredConnection? next = null;
        RegisteredConnection[] overdue = [];
        TimeSpan now = Now;
        TimeSpan waitUntil;
        TimeSpan toDeadline;
        lock (_gate)
        {
            if (_isStopped)
            {
                return null;
            }

            if (_left.Count == 0 && _isEmpty())
            {
                _isStopped = true;
                End();
                return null;
            }

            if (!_isOver && now >= _deadlineAt)
            {
                _isOver = true;
                overdue = [.. _left];
                _cut += overdue.Length;
            }
            else if (!_isOver && _untold.Count > 0 && _pace.TryTake(now))
            {
                next = _untold.Take();
                _sent++;
            }

            toDeadline = _deadlineAt - now;
            waitUntil = _isOver ? TimeSpan.MaxValue
                : _untold.Count > 0 && _pace.NextAt < _deadlineAt ? _pace.NextAt
                : _deadlineAt;
        }

        if (next is not null)
        {
            Tell(next, toDeadline);
        }

        CutAll(overdue);
        return waitUntil;
    }

    private void Tell(RegisteredConnection connection, TimeSpan toDeadline)
    {
        if (connection.TryTell(toDeadline, _services.Connections.ReconnectDelayMax * Random.Shared.NextDouble()))
        {
            _services.Metrics.Told();
        }
    }

    private void CutAll(RegisteredConnection[] overdue)
    {
        if (overdue.Length == 0)
        {
            return;
        }

        _services.Metrics.Cut(overdue.Length);
        Log.Cut(_services.Logger, overdue.Length);
        foreach (RegisteredConnection connection in overdue)
        {
            connection.Cut();
        }
    }

    private void End()
    {
        TimeSpan took = _services.Clock.GetElapsedTime(_startedTimestamp);
        _services.Metrics.Ended(took);
        Log.Drained(_services.Logger, _edge ?? "all edges", _connections, _sent, _cut, took.TotalSeconds);
    }

    // Whether to wait; the loop is woken at that time, or when anything has changed.
    private bool WaitFor(TimeSpan time)
    {
        TimeSpan now = Now;
        if (time <= now)
        {
            return false;
        }

        // A timer is no finer than a millisecond, and fires at once for less: the loop would spin.
        TimeSpan soonest = now + TimeSpan.FromMilliseconds(1);
        TimeSpan wake = time > soonest ? time : soonest;
        return time == TimeSpan.MaxValue || _timer.MustWait(
            _startedTimestamp + (long)(wake.TotalSeconds * _services.Clock.TimestampFrequency));
    }
}

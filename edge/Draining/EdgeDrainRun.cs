using System.Collections.Concurrent;
using Realtime.Edge.Admin.Asking;
using Realtime.Edge.Forwarding;

namespace Realtime.Edge.Draining;

/// <summary>
/// One drain, from its order until it is undone. Its deadline is counted by a timer that nobody sets; what the clock
/// shows is only told.
/// </summary>
internal sealed class EdgeDrainRun(EdgeDrainOrder order, long connections, TimeProvider clock) : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly DateTimeOffset _startedAt = clock.GetUtcNow();
    private readonly long _startedTimestamp = clock.GetTimestamp();
    private readonly CancellationTokenSource _stopping = new();
    private readonly ConcurrentDictionary<string, (OrderedWorker Told, bool IsFinal)> _workers = new();
    private EdgeDrainOrder _order = order;
    private TimeSpan _deadline = order.Deadline;
    private DateTimeOffset _deadlineAt = clock.GetUtcNow() + order.Deadline;
    private bool _isNewOrder = true;
    private volatile bool _isDone;
    private bool _isDisposed;

    /// <summary>How long it has been going on.</summary>
    public TimeSpan Elapsed => clock.GetElapsedTime(_startedTimestamp);

    /// <summary>How long it is to its deadline; negative behind it.</summary>
    public TimeSpan Left
    {
        get
        {
            lock (_gate)
            {
                return _deadline - Elapsed;
            }
        }
    }

    public int Pace
    {
        get
        {
            lock (_gate)
            {
                return _order.Pace;
            }
        }
    }

    /// <summary>Cancelled when it is undone.</summary>
    public CancellationToken Stopping => _stopping.Token;

    public bool IsDone
    {
        get => _isDone;
        set => _isDone = value;
    }

    public long CutCount { get; set; }

    public Task Task { get; set; } = Task.CompletedTask;

    /// <summary>Another deadline and pace: all workers are to be asked anew.</summary>
    public void Order(EdgeDrainOrder order)
    {
        lock (_gate)
        {
            _order = order;
            _deadline = Elapsed + order.Deadline;
            _deadlineAt = clock.GetUtcNow() + order.Deadline;
            _isNewOrder = true;
            _workers.Clear();
        }
    }

    /// <summary>Whether there is an order that no worker was asked for yet.</summary>
    public bool TakesOrder()
    {
        lock (_gate)
        {
            bool isNew = _isNewOrder;
            _isNewOrder = false;
            return isNew;
        }
    }

    /// <summary>Whether a worker has still to take it.</summary>
    public bool IsToOrder(Worker worker) => !_workers.TryGetValue(worker.Id, out var known) || !known.Told.Ordered;

    /// <summary>Whether a worker took it, and still holds connections.</summary>
    public bool IsToLookAt(Worker worker) => worker.Connections > 0 && !IsToOrder(worker);

    /// <summary>
    /// A worker's order came to its end there while something was still on its way to it: it is to be ordered again.
    /// </summary>
    public void Ended(Worker worker) => _workers.TryRemove(worker.Id, out _);

    /// <summary>What a worker said to it.</summary>
    public void Ordered(WorkerWord word)
    {
        // What it can't be reached for now, or has no time for, it may do later; a refusal stays one.
        bool isFinal = word.Status is >= 400 and < 500;
        _workers[word.Worker.Id] = (new(word.Worker.Id, word.IsGood, word.Error), isFinal);
    }

    /// <summary>Whether no worker that holds connections will ever let them go.</summary>
    public bool IsHopeless(IEnumerable<Worker> workers) => workers.Where(worker => worker.Connections > 0)
        .All(worker => _workers.TryGetValue(worker.Id, out var known) && known.IsFinal);

    public EdgeDrainReport Report(long left)
    {
        lock (_gate)
        {
            return new(
                _startedAt.ToUnixTimeMilliseconds(), _deadlineAt.ToUnixTimeMilliseconds(), _order.Pace, connections,
                left, CutCount, _order.By,
                [.. _workers.Values.Select(known => known.Told).OrderBy(told => told.Worker, StringComparer.Ordinal)]);
        }
    }

    /// <summary>Stops it and waits for its end. May be called again.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, true))
        {
            await Task;
            return;
        }

        await _stopping.CancelAsync();
        await Task;
        _stopping.Dispose();
    }
}

using Realtime.Client.Connections;

namespace Realtime.Client.Subscriptions;

/// <summary>
/// What every subscription has, whatever it carries: its flow, those who wait for it to change, its retries. The flow
/// is touched under <see cref="Gate"/>; <see cref="Tell"/> comes after, without it.
/// </summary>
internal sealed class FeedControl : IDisposable
{
    private readonly FeedContext _context;
    private readonly Backoff _backoff;
    private readonly ITimer _retry;
    private readonly Lock _telling = new();
    // Null: the server has confirmed it. Else why it never will.
    private readonly TaskCompletionSource<RealtimeException?> _first =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    private RealtimeException? _failure;
    private TaskCompletionSource _changed = NewChange();
    private SubscriptionStatus _told = SubscriptionStatus.Subscribing;
    private bool _hasTold;

    public FeedControl(FeedContext context)
    {
        _context = context;
        _backoff = Backoff.Of(context.Options.Reconnect);
        _retry = context.Options.TimeProvider.CreateTimer(
            static control => ((FeedControl)control!).Retry(), this, Timeout.InfiniteTimeSpan,
            Timeout.InfiniteTimeSpan);
    }

    /// <summary>Guards the subscription's state. Held for a few instructions, never across a wait.</summary>
    public Lock Gate { get; } = new();

    public SubscriptionFlow Flow { get; } = new();

    /// <summary>Told each change of the status, one after the other.</summary>
    public Action<SubscriptionStatus>? StatusChanged { get; set; }

    public SubscriptionStatus Status
    {
        get
        {
            lock (Gate)
            {
                return Flow.Status;
            }
        }
    }

    /// <summary>
    /// Completes when the server has confirmed it for the first time: from then on it has a place, and nothing that is
    /// published is missed.
    /// </summary>
    /// <exception cref="RealtimeException">It has ended.</exception>
    public async Task WhenActiveAsync(CancellationToken cancellationToken)
    {
        lock (Gate)
        {
            if (IsOver)
            {
                throw EndedError();
            }
        }

        if (await _first.Task.WaitAsync(cancellationToken) is { } failure)
        {
            throw failure;
        }
    }

    public Task PauseAsync(CancellationToken cancellationToken) => SetPausedAsync(
        true,
        static flow => flow.IsPaused || flow.Phase is FlowPhase.Ended || !flow.IsPausedByApplication,
        cancellationToken);

    /// <summary>Completes at once if the buffer holds it: the application must be free to read on.</summary>
    public Task ResumeAsync(CancellationToken cancellationToken) => SetPausedAsync(
        false,
        static flow => flow.IsDelivering || flow.IsBufferFull || flow.Phase is FlowPhase.Ended
            || flow.IsPausedByApplication,
        cancellationToken);

    /// <summary>A request was refused; false if asking again is of no use.</summary>
    /// <param name="isPassing">Whether the same may be granted later.</param>
    public bool TryRetry(bool isPassing)
    {
        lock (Gate)
        {
            if (!isPassing || Flow.Phase is FlowPhase.Ended)
            {
                return Flow.Phase is FlowPhase.Ended;
            }

            Flow.OnRefused();
        }

        _retry.Change(_backoff.Next(), Timeout.InfiniteTimeSpan);
        return true;
    }

    /// <summary>The server confirmed it: the row of refusals is over.</summary>
    public void Confirmed()
    {
        _backoff.Reset();
        _first.TrySetResult(null);
    }

    /// <summary>It ends by an error. Under the gate.</summary>
    public void Fail(RealtimeException failure)
    {
        _failure ??= failure;
        Flow.End();
    }

    /// <summary>Tells everybody that the flow may have changed. Not under the gate.</summary>
    public void Tell()
    {
        TaskCompletionSource changed = Interlocked.Exchange(ref _changed, NewChange());
        changed.SetResult();
        _context.Wake();
        lock (_telling)
        {
            SubscriptionStatus status = Status;
            if (status != _told)
            {
                (_told, _hasTold) = (status, true);
                StatusChanged?.Invoke(status);
            }
        }
    }

    /// <summary>Does something between two changes of the status, with the last one told, if any was.</summary>
    public void BetweenChanges(Action<SubscriptionStatus?> action)
    {
        lock (_telling)
        {
            action(_hasTold ? _told : null);
        }
    }

    /// <summary>After anything that may have changed the flow: if that was the end, the client forgets it.</summary>
    public void Settle(IFeed feed)
    {
        bool isEnded;
        lock (Gate)
        {
            isEnded = Flow.Phase is FlowPhase.Ended;
            if (IsOver)
            {
                _first.TrySetResult(EndedError());
            }
        }

        if (isEnded)
        {
            _context.Registry.Remove(feed.Id);
            _retry.Dispose();
        }

        Tell();
    }

    public void Dispose() => _retry.Dispose();

    private bool IsOver => Flow.IsClosed || Flow.Phase is FlowPhase.Ended;

    private RealtimeException EndedError() =>
        _failure ?? new RealtimeException(ClientErrorCodes.Closed, "The subscription has ended.", retry: false);

    private static TaskCompletionSource NewChange() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private async Task SetPausedAsync(
        bool isPaused, Func<SubscriptionFlow, bool> isDone, CancellationToken cancellationToken)
    {
        lock (Gate)
        {
            Flow.IsPausedByApplication = isPaused;
        }

        Tell();
        while (true)
        {
            Task changed = Volatile.Read(ref _changed).Task;
            lock (Gate)
            {
                if (isDone(Flow))
                {
                    return;
                }
            }

            await changed.WaitAsync(cancellationToken);
        }
    }

    private void Retry()
    {
        lock (Gate)
        {
            Flow.AwaitsRetry = false;
        }

        _context.Wake();
    }
}

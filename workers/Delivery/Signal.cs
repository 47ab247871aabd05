using System.Threading.Tasks.Sources;

namespace Realtime.Workers.Delivery;

/// <summary>
/// Wakes one waiting loop; further calls before it woke are one. Costs no allocation per wake, so that an idle
/// connection is an object and not a timer, a channel and a task.
/// </summary>
internal sealed class Signal : IValueTaskSource, IThreadPoolWorkItem
{
    private const int Idle = 0;
    private const int Waiting = 1;
    private const int Raised = 2;

    // The waiter goes on where this is completed: on a thread of the pool that does nothing else meanwhile.
    private ManualResetValueTaskSourceCore<bool> _source;
    private int _state;

    // The rest of a chain. Owned by who claimed this one.
    private Signal? _next;

    /// <summary>Wakes the waiter, or lets its next wait return at once. Never runs the waiter's code on this
    /// thread.</summary>
    public void Raise()
    {
        if (TryClaim())
        {
            Wake();
        }
    }

    /// <summary>Wakes the waiter on this thread, which must be one of the pool that has nothing else to do and holds no
    /// lock: it returns when the waiter waits again.</summary>
    public void RaiseHere()
    {
        if (TryClaim())
        {
            _source.SetResult(true);
        }
    }

    /// <summary>Raises it, and leaves waking the waiter to the caller if there is one: then it must be told to wake
    /// soon, by <see cref="Wake"/>, alone or <see cref="Chain">chained</see> to another.</summary>
    public bool TryClaim() => Interlocked.Exchange(ref _state, Raised) == Waiting;

    /// <summary>Has another claimed one wake right behind this one, on the same thread.</summary>
    public void Chain(Signal next) => _next = next;

    /// <summary>Wakes the waiters of this claimed one and of those chained to it, on a thread of the pool.</summary>
    public void Wake() => ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: true);

    /// <summary>Waits until raised since the last wait. Only the one owning loop may call this, one wait at a
    /// time.</summary>
    public ValueTask WaitAsync()
    {
        _source.Reset();
        if (Interlocked.CompareExchange(ref _state, Waiting, Idle) == Raised)
        {
            Volatile.Write(ref _state, Idle);
            return ValueTask.CompletedTask;
        }

        return new ValueTask(this, _source.Version);
    }

    /// <summary>Wakes the waiters of this claimed one and of those chained to it, on this thread.</summary>
    public void WakeHere()
    {
        Signal? signal = this;
        while (signal is not null)
        {
            // Read first: once it is completed its waiter may wait again, and be claimed by another.
            Signal? next = signal._next;
            signal._next = null;
            signal._source.SetResult(true);
            signal = next;
        }
    }

    void IThreadPoolWorkItem.Execute() => WakeHere();

    void IValueTaskSource.GetResult(short token)
    {
        // Idle before anything else: a raise from here on is a new one. The state was what the loop looks at next.
        Volatile.Write(ref _state, Idle);
        _source.GetResult(token);
    }

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _source.GetStatus(token);

    void IValueTaskSource.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _source.OnCompleted(continuation, state, token, flags);
}

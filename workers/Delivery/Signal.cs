using System.Threading.Tasks.Sources;

namespace Realtime.Workers.Delivery;

/// <summary>
/// Wakes one waiting loop; further calls before it woke are one. Costs no allocation per wake, so that an idle
/// connection is an object and not a timer, a channel and a task.
/// </summary>
internal sealed class Signal : IValueTaskSource
{
    private const int Idle = 0;
    private const int Waiting = 1;
    private const int Raised = 2;

    private ManualResetValueTaskSourceCore<bool> _source = new() { RunContinuationsAsynchronously = true };
    private int _state;

    /// <summary>Wakes the waiter, or lets its next wait return at once. Never runs the waiter's code on this
    /// thread.</summary>
    public void Raise()
    {
        if (Interlocked.Exchange(ref _state, Raised) == Waiting)
        {
            _source.SetResult(true);
        }
    }

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

namespace Realtime.Workers.Delivery;

/// <summary>
/// The loops that one turn of a tail has something for. They wake one after the other, some on each thread: to queue
/// each by itself costs more than what most of them do. Owned by one tail loop.
/// </summary>
internal sealed class WakeList
{
    // A write to a socket takes about 10 us: nobody waits for long, and many receivers still go to all processors.
    private const int ChainMax = 32;

    private Signal? _first;
    private Signal? _last;
    private int _count;

    /// <summary>Adds a loop, unless it is awake already.</summary>
    public void Add(Signal signal)
    {
        if (!signal.TryClaim())
        {
            return;
        }

        if (_last is null)
        {
            _first = signal;
        }
        else
        {
            _last.Chain(signal);
        }

        _last = signal;
        if (++_count == ChainMax)
        {
            Flush();
        }
    }

    /// <summary>Wakes them, on another thread. Whoever was added waits for this.</summary>
    public void Flush() => Take()?.Wake();

    /// <summary>Wakes them on this thread, which has nothing else to do.</summary>
    public void FlushHere() => Take()?.WakeHere();

    private Signal? Take()
    {
        Signal? first = _first;
        (_first, _last, _count) = (null, null, 0);
        return first;
    }
}

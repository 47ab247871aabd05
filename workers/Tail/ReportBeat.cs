using Realtime.Workers.Delivery;

namespace Realtime.Workers.Tail;

/// <summary>
/// When the tails of this worker tell the log how far they have read: all who have something to tell at the same
/// moment, so that their calls leave in one write, and one timer serves them all.
/// </summary>
internal sealed class ReportBeat(TailOptions options, TimeProvider clock) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly List<Signal> _waiting = [];
    private readonly WakeList _wakes = new();
    private ITimer? _timer;
    private long _number;

    /// <summary>How often it has beaten.</summary>
    public long Number => Volatile.Read(ref _number);

    /// <summary>Has a tail woken by the next beat, whose number is returned.</summary>
    public long Await(Signal tail)
    {
        lock (_gate)
        {
            if (_waiting.Count == 0)
            {
                _timer ??= clock.CreateTimer(
                    static beat => ((ReportBeat)beat!).Beat(), this, Timeout.InfiniteTimeSpan,
                    Timeout.InfiniteTimeSpan);
                _timer.Change(options.ReportInterval, Timeout.InfiniteTimeSpan);
            }

            _waiting.Add(tail);
            return _number + 1;
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _timer?.Dispose();
        }
    }

    private void Beat()
    {
        lock (_gate)
        {
            Volatile.Write(ref _number, _number + 1);
            foreach (Signal tail in _waiting)
            {
                _wakes.Add(tail);
            }

            _waiting.Clear();
            _wakes.Flush();
        }
    }
}

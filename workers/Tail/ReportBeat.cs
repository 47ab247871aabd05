using Realtime.Log;
using Realtime.Workers.Delivery;

namespace Realtime.Workers.Tail;

/// <summary>
/// When the tails of this worker tell the log how far they have read: all who have something to tell at the same
/// moment, so that their calls leave in one write, and one timer serves them all.
/// </summary>
internal sealed class ReportBeat(TailOptions options, TimeProvider clock) : IDisposable
{
    private static readonly TimeSpan SlowMax = LogLimits.ReaderLife / 4;

    private readonly Lock _gate = new();
    private readonly List<(Signal Tail, long Due)> _waiting = [];
    private readonly WakeList _wakes = new();
    private ITimer? _timer;
    private long _number;

    /// <summary>
    /// Of so many beats a tail that has hardly moved waits for the last, at most half a second: well within a reader's
    /// life, so that it counts for pressure all the time.
    /// </summary>
    public int SlowBeats { get; } = (int)Math.Clamp(SlowMax / options.ReportInterval, 1, 10);

    /// <summary>How often it has beaten.</summary>
    public long Number => Volatile.Read(ref _number);

    /// <summary>Has a tail woken by the next beat, or by a later one; returns the number of that.</summary>
    public long Await(Signal tail, int beats = 1)
    {
        lock (_gate)
        {
            if (_waiting.Count == 0)
            {
                SetTimer();
            }

            long due = _number + beats;
            _waiting.Add((tail, due));
            return due;
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
            _waiting.RemoveAll(one =>
            {
                if (one.Due > _number)
                {
                    return false;
                }

                _wakes.Add(one.Tail);
                return true;
            });
            if (_waiting.Count > 0)
            {
                SetTimer();
            }

            _wakes.Flush();
        }
    }

    private void SetTimer()
    {
        _timer ??= clock.CreateTimer(
            static beat => ((ReportBeat)beat!).Beat(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _timer.Change(options.ReportInterval, Timeout.InfiniteTimeSpan);
    }
}

using Realtime.Log;
using Realtime.Workers.Delivery;

namespace Realtime.Workers.Tail;

/// <summary>
/// Tells the log how far a tail has read, which is what pressure on producers counts from. At most one report is under
/// way, and at most one is made at each beat of the worker; of small steps at every tenth. Owned by the tail's loop.
/// </summary>
/// <typeparam name="T">The position: an offset for a stream, a cursor for a terminal.</typeparam>
internal sealed class ReaderReport<T>(
    Func<T, CancellationToken, Task> reportAsync, ReportBeat beat, Signal tail, Func<T, T, bool>? isSmall = null)
    where T : struct, IEquatable<T>
{
    private Task _report = Task.CompletedTask;
    private T _reported;

    // The beat that is waited for; 0 if none is.
    private long _due;

    public void Tell(T position, CancellationToken stopping)
    {
        // What is not told now is told at the next beat: producers must not wait for a reader that has long read on.
        if (_reported.Equals(position))
        {
            return;
        }

        bool isUrgent = isSmall is null || !isSmall(_reported, position);
        if (beat.Number < _due && !(isUrgent && beat.Number + 1 < _due))
        {
            return;
        }

        if (beat.Number < _due || _due == 0 || !_report.IsCompleted)
        {
            _due = beat.Await(tail, isUrgent ? 1 : beat.SlowBeats);
            return;
        }

        _due = 0;
        _reported = position;
        _report = TellAsync(position, stopping);
    }

    private async Task TellAsync(T position, CancellationToken stopping)
    {
        try
        {
            await reportAsync(position, stopping);
        }
        catch (Exception exception) when (exception is LogUnavailableException or OperationCanceledException)
        {
            // The read that follows meets the same fault and is the one that retries.
        }
    }
}

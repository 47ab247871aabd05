using Realtime.Log;
using Realtime.Workers.Delivery;

namespace Realtime.Workers.Tail;

/// <summary>
/// Tells the log how far a tail has read, which is what pressure on producers counts from. At most one report is under
/// way, and one is made per interval. Owned by the tail's loop.
/// </summary>
/// <typeparam name="T">The position: an offset for a stream, a cursor for a terminal.</typeparam>
internal sealed class ReaderReport<T>(
    Func<T, CancellationToken, Task> reportAsync, TailServices services, Signal tail) : IDisposable
    where T : struct, IEquatable<T>
{
    private readonly WakeTimer _wake = new(tail, services.Clock);
    private Task _report = Task.CompletedTask;
    private T _reported;
    private long _nextAt;

    public void Tell(T position, CancellationToken stopping)
    {
        // What is not told now is told when the interval is over: producers must not wait for a reader that has long
        // read on.
        if (_reported.Equals(position) || !_report.IsCompleted || _wake.MustWait(_nextAt))
        {
            return;
        }

        _reported = position;
        _nextAt = services.Clock.GetTimestamp()
            + (long)(services.Options.ReportInterval.TotalSeconds * services.Clock.TimestampFrequency);
        _report = TellAsync(position, stopping);
        _report.GetAwaiter().UnsafeOnCompleted(tail.Raise);
    }

    public void Dispose() => _wake.Dispose();

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

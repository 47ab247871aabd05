using Realtime.Log;
using Realtime.Workers.Delivery;

namespace Realtime.Workers.Tail;

/// <summary>
/// Tells the log how far a tail has read, which is what pressure on producers counts from. At most one report is under way, and
/// one is made per interval. Owned by the tail's loop.
/// </summary>
internal sealed class ReaderReport(StreamKey stream, TailServices services, Signal tail) : IDisposable
{
    private readonly WakeTimer _wake = new(tail, services.Clock);
    private Task _report = Task.CompletedTask;
    private long _reportedOffset;
    private long _nextAt;

    public void Tell(long offset, CancellationToken stopping)
    {
        // What is not told now is told when the interval is over: producers must not wait for a reader that has long read on.
        if (_reportedOffset == offset || !_report.IsCompleted || _wake.MustWait(_nextAt))
        {
            return;
        }

        _reportedOffset = offset;
        _nextAt = services.Clock.GetTimestamp()
            + (long)(services.Options.ReportInterval.TotalSeconds * services.Clock.TimestampFrequency);
        _report = TellAsync(offset, stopping);
        _report.GetAwaiter().UnsafeOnCompleted(tail.Raise);
    }

    public void Dispose() => _wake.Dispose();

    private async Task TellAsync(long offset, CancellationToken stopping)
    {
        try
        {
            await services.Log.ReportReaderAsync(stream, services.ReaderId, offset, stopping);
        }
        catch (Exception exception) when (exception is LogUnavailableException or OperationCanceledException)
        {
            // The read that follows meets the same fault and is the one that retries.
        }
    }
}

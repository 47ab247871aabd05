using Realtime.Log;

namespace Realtime.Workers.Tail;

/// <summary>
/// Tells the log how far a tail has read, which is what pressure on producers counts from. At most one report is under way, and
/// one is made per interval. Owned by the tail's loop.
/// </summary>
internal sealed class ReaderReport(StreamKey stream, TailServices services)
{
    private Task _report = Task.CompletedTask;
    private long _reportedOffset;
    private long _reportedAt;

    public void Tell(long offset, CancellationToken stopping)
    {
        long now = services.Clock.GetTimestamp();
        if (_reportedOffset == offset
            || !_report.IsCompleted
            || services.Clock.GetElapsedTime(_reportedAt, now) < services.Options.ReportInterval)
        {
            return;
        }

        (_reportedOffset, _reportedAt) = (offset, now);
        _report = TellAsync(offset, stopping);
    }

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

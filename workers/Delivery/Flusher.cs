using System.IO.Pipelines;
using Realtime.Protocol;

namespace Realtime.Workers.Delivery;

/// <summary>
/// Hands what was written to a connection's transport, and finds out whether that takes anything. A write that is
/// unfinished after a while is a stall, unless something that was sent came back meanwhile (<see
/// cref="Outbox.Progress"/>): then the link is slow, and moves. After some stalls in a row the peer is evicted: closed
/// by a code that says to connect again and resume, if it can still take that, else cut.
/// </summary>
internal sealed partial class Flusher(
    Outbox outbox, PipeWriter output, DeliveryOptions options, TimeSpan closeTimeout, DeliveryMetrics metrics,
    TimeProvider clock, ILogger logger)
{
    private bool _isEvicted;

    /// <summary>Hands what was written to the transport; false if it is gone, or took nothing for too long.</summary>
    public async ValueTask<bool> FlushAsync()
    {
        ValueTask<FlushResult> flush = output.FlushAsync();
        if (flush.IsCompletedSuccessfully)
        {
            return IsTaken(await flush);
        }

        Task<FlushResult> pending = flush.AsTask();
        try
        {
            return _isEvicted
                ? IsTaken(await pending.WaitAsync(closeTimeout, clock))
                : await WaitAsync(pending);
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException
            or ObjectDisposedException or TimeoutException)
        {
            return false;
        }
    }

    private async Task<bool> WaitAsync(Task<FlushResult> pending)
    {
        int stalls = 0;
        long progress = outbox.Progress;
        while (stalls < options.StallsMax)
        {
            try
            {
                return IsTaken(await pending.WaitAsync(options.StallTimeout, clock));
            }
            catch (TimeoutException)
            {
                bool moved = outbox.Progress != progress;
                progress = outbox.Progress;
                stalls = moved ? 0 : stalls + 1;
                Log.Stalled(logger, stalls, options.StallsMax);
            }
        }

        metrics.Evicted();
        Log.Evicted(logger, (options.StallTimeout * options.StallsMax).TotalSeconds);
        _isEvicted = true;
        outbox.Close(CloseCode.DeadPeer, "it took nothing for too long; connect again and resume");

        // Who wakes up now still gets the close behind what waited for it.
        return IsTaken(await pending.WaitAsync(closeTimeout, clock));
    }

    private static bool IsTaken(FlushResult result) => !result.IsCompleted && !result.IsCanceled;

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Debug, "The peer takes nothing: stall {Stalls} of {StallsMax}.")]
        public static partial void Stalled(ILogger logger, int stalls, int stallsMax);

        [LoggerMessage(2, LogLevel.Information,
            "Evicted a peer that took nothing for {Seconds} s: closed 4408; it may resume.")]
        public static partial void Evicted(ILogger logger, double seconds);
    }
}

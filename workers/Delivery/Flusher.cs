using System.IO.Pipelines;

namespace Realtime.Workers.Delivery;

/// <summary>Hands what was written to a connection's transport, and finds out whether that takes anything.</summary>
internal sealed partial class Flusher(
    PipeWriter output, DeliveryOptions options, DeliveryMetrics metrics, TimeProvider clock, ILogger logger)
{
    /// <summary>Hands what was written to the transport; false if it is gone, or took nothing for too long.</summary>
    public async ValueTask<bool> FlushAsync()
    {
        ValueTask<FlushResult> flush = output.FlushAsync();
        if (flush.IsCompletedSuccessfully)
        {
            return IsTaken(await flush);
        }

        Task<FlushResult> pending = flush.AsTask();
        for (int stalls = 0; stalls < options.StallsMax; stalls++)
        {
            try
            {
                return IsTaken(await pending.WaitAsync(options.StallTimeout, clock));
            }
            catch (TimeoutException)
            {
                Log.Stalled(logger, stalls + 1, options.StallsMax);
            }
            catch (Exception exception)
                when (exception is IOException or OperationCanceledException or ObjectDisposedException)
            {
                return false;
            }
        }

        metrics.Evicted();
        Log.Evicted(logger, (options.StallTimeout * options.StallsMax).TotalSeconds);
        return false;
    }

    private static bool IsTaken(FlushResult result) => !result.IsCompleted && !result.IsCanceled;

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Debug, "The peer takes nothing: stall {Stalls} of {StallsMax}.")]
        public static partial void Stalled(ILogger logger, int stalls, int stallsMax);

        [LoggerMessage(2, LogLevel.Information, "Evicted a peer that took nothing for {Seconds} s; it may resume.")]
        public static partial void Evicted(ILogger logger, double seconds);
    }
}

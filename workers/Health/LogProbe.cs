using Realtime.Hosting.Health;
using Realtime.Log;

namespace Realtime.Workers.Health;

/// <summary>
/// Asks the log once a second whether it answers, so that <c>/readyz</c> knows without asking. A log that is away
/// makes the worker unready until it is back; a log of another layout ends the process, at once at start.
/// </summary>
internal sealed partial class LogProbe(
    IPartitionedLog log, IHostApplicationLifetime lifetime, TimeProvider clock, ILogger<LogProbe> logger)
    : BackgroundService, IReadinessCheck
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(2);

    private volatile string? _trouble = "the log has not been asked yet";

    /// <inheritdoc/>
    public Readiness Check() => _trouble is { } trouble ? Readiness.Unready(trouble) : Readiness.Ready;

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        // A wrong layout must end the start, before anything is served from the wrong partitions.
        await ProbeAsync(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (true)
            {
                await Task.Delay(Interval, clock, stoppingToken);
                await ProbeAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The end of the process.
        }
        catch (LogLayoutException mismatch)
        {
            _trouble = mismatch.Message;
            Log.OtherLayout(logger, mismatch);
            lifetime.StopApplication();
        }
    }

    private async Task ProbeAsync(CancellationToken stopping)
    {
        using var timeout = new CancellationTokenSource(Timeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, stopping);
        try
        {
            await log.CheckAsync(either.Token);
            if (Interlocked.Exchange(ref _trouble, null) is not null)
            {
                Log.Available(logger, log.PartitionCount, log.IsDurable);
            }
        }
        catch (LogUnavailableException unavailable)
        {
            Trouble(TroubleOf(unavailable.Reason), unavailable.Message);
        }
        catch (OperationCanceledException) when (!stopping.IsCancellationRequested)
        {
            Trouble("the log did not answer in time", "It hangs, or the network does.");
        }
    }

    private static string TroubleOf(LogUnavailableReason reason) => reason switch
    {
        LogUnavailableReason.Untrusted => "the log's certificate is not trusted (Untrusted)",
        LogUnavailableReason.WrongPassword => "the log does not take the password (WrongPassword)",
        _ => $"the log is unavailable ({reason})",
    };

    // The cause by its message alone: where in the code it was met tells an operator nothing.
    private void Trouble(string trouble, string cause)
    {
        if (Interlocked.Exchange(ref _trouble, trouble) != trouble)
        {
            Log.Unavailable(logger, trouble, cause);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information,
            "The log answers: {Partitions} partitions, outlives this process: {IsDurable}")]
        public static partial void Available(ILogger logger, int partitions, bool isDurable);

        [LoggerMessage(2, LogLevel.Warning,
            "Not ready: {Trouble}. {Cause} Producers get retryable errors, viewers stay connected; "
            + "it is asked again every second.")]
        public static partial void Unavailable(ILogger logger, string trouble, string cause);

        [LoggerMessage(3, LogLevel.Critical, "The log has another layout than this process; the process ends")]
        public static partial void OtherLayout(ILogger logger, Exception exception);
    }
}

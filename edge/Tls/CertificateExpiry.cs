namespace Realtime.Edge.Tls;

/// <summary>
/// Warns 30, 7 and 1 days before the certificate ends, and when it has: once each, anew for each certificate. Looks
/// once an hour.
/// </summary>
internal sealed partial class CertificateExpiry(
    EdgeCertificate certificate, TimeProvider clock, ILogger<CertificateExpiry> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromHours(1);
    private static readonly int[] WarnDaysBefore = [0, 1, 7, 30];

    private ServerCertificate? _seen;
    private int _warned = int.MaxValue;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (true)
            {
                Look();
                await Task.Delay(Interval, clock, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The edge ends.
        }
    }

    private void Look()
    {
        ServerCertificate current = certificate.Current;
        if (!ReferenceEquals(current, _seen))
        {
            (_seen, _warned) = (current, int.MaxValue);
        }

        TimeSpan left = current.NotAfter - clock.GetUtcNow();
        int step = WarnDaysBefore.FirstOrDefault(days => left <= TimeSpan.FromDays(days), int.MaxValue);
        if (step >= _warned)
        {
            return;
        }

        _warned = step;
        if (step == 0)
        {
            Log.Ended(logger, current.Subject, current.NotAfter);
        }
        else
        {
            Log.Ends(logger, current.Subject, left.TotalDays, current.NotAfter);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning,
            "The certificate {Subject} ends in {Days:0.#} days, at {NotAfter:u}. Replace its files; they are taken "
            + "over without a restart.")]
        public static partial void Ends(ILogger logger, string subject, double days, DateTimeOffset notAfter);

        [LoggerMessage(2, LogLevel.Error,
            "The certificate {Subject} ended at {NotAfter:u}: clients refuse this edge. Replace its files.")]
        public static partial void Ended(ILogger logger, string subject, DateTimeOffset notAfter);
    }
}

using Microsoft.Extensions.Hosting;

namespace Realtime.Hosting.Identity.Jwks;

/// <summary>Keeps the keys fresh, from the start of the process on, so that tokens need not wait for them.</summary>
/// <param name="keys">The keys; null if none are published for this process.</param>
/// <param name="clock">The clock.</param>
internal sealed class JwksRefresh(JwksKeys? keys, TimeProvider clock) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (keys is null)
        {
            return;
        }

        try
        {
            while (true)
            {
                await keys.RefreshAsync(stoppingToken);
                await Task.Delay(keys.NextWait(), clock, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops.
        }
    }
}

using Microsoft.Extensions.Hosting;

namespace Realtime.Hosting.Identity.Jwks;

/// <summary>Keeps the keys fresh, from the start of the process on, so that tokens need not wait for them.</summary>
internal sealed class JwksRefresh(JwksSource source, TimeProvider clock) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (source.Keys is not { } keys)
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

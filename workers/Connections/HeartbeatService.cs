using Realtime.Protocol;
using Realtime.Workers.Tail;

namespace Realtime.Workers.Connections;

/// <summary>
/// What happens to all connections of the worker: heartbeats, each at its own phase; the notice that the log is away;
/// and the farewell when the process is told to stop.
/// </summary>
internal sealed class HeartbeatService(
    ConnectionRegistry registry,
    ConnectionOptions options,
    LogWatch watch,
    IHostApplicationLifetime lifetime,
    TimeProvider clock) : BackgroundService
{
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        watch.Changed += TellLogState;
        using CancellationTokenRegistration stopping = lifetime.ApplicationStopping.Register(registry.DrainAll);
        try
        {
            using var timer = new PeriodicTimer(Tick, clock);
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                Beat();
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }
        finally
        {
            watch.Changed -= TellLogState;
        }
    }

    private void Beat()
    {
        long now = clock.GetTimestamp();
        long interval = (long)(options.Heartbeat.TotalSeconds * clock.TimestampFrequency);
        DateTimeOffset today = clock.GetUtcNow();
        foreach (IConnection connection in registry.All)
        {
            connection.Tick(now);
            if (connection.Identity.ExpiresAt <= today)
            {
                connection.Outbox.Close(CloseCode.Unauthorized, "the token has expired");
            }
            else if (connection.HeartbeatAt == 0)
            {
                // The first one comes at a random phase, so that connections made together do not beat together.
                connection.HeartbeatAt = now + (long)(interval * Random.Shared.NextDouble());
            }
            else if (connection.HeartbeatAt <= now)
            {
                connection.HeartbeatAt = now + interval;
                connection.Outbox.PostHeartbeat();
            }
        }
    }

    private void TellLogState(bool available)
    {
        foreach (IConnection connection in registry.All)
        {
            if (available)
            {
                connection.Outbox.PostHeartbeat();
            }
            else
            {
                connection.TellLogAway();
            }
        }
    }
}

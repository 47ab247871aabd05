using Realtime.Hosting.Identity;
using Realtime.Protocol;
using Realtime.Protocol.Messages;
using Realtime.Workers.Tail;

namespace Realtime.Workers.Connections;

/// <summary>
/// What happens to all connections of the worker: heartbeats, each at its own phase and interval; the end of those
/// whose peer is dead or whose token is; and the notice that the log is away.
/// </summary>
internal sealed partial class HeartbeatService(
    ConnectionRegistry registry,
    ConnectionOptions options,
    AuthOptions auth,
    ConnectionMetrics metrics,
    LogWatch watch,
    TimeProvider clock,
    ILogger<HeartbeatService> logger) : BackgroundService
{
    // A look at all connections costs little; ten in the shortest interval find the dead in time.
    private readonly TimeSpan _tick = TimeSpan.FromMilliseconds(
        Math.Clamp(options.Heartbeat.TotalMilliseconds / 10, 50, 1000));

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        watch.Changed += TellLogState;
        try
        {
            using var timer = new PeriodicTimer(_tick, clock);
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                Look();
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

    private void Look()
    {
        long now = clock.GetTimestamp();
        DateTimeOffset today = clock.GetUtcNow();
        foreach (RegisteredConnection registered in registry.All)
        {
            IConnection connection = registered.Connection;
            connection.Tick(now);

            LookAtToken(registered, today);

            if (registered.CutAt != 0)
            {
                if (registered.CutAt <= now)
                {
                    registered.Cut();
                }
            }
            else if (connection.Pulse.IsDead(now, _tick))
            {
                registered.CutAt = now + (long)(options.CloseTimeout.TotalSeconds * clock.TimestampFrequency);
                connection.Outbox.Close(CloseCode.DeadPeer, "nothing came, not even answers to pings");
                metrics.FoundDead(registered.Kind);
                Log.Dead(logger, connection.SessionId, connection.Pulse.Silence.TotalSeconds);
            }
            else if (connection.Pulse.TryBeat(now))
            {
                connection.Outbox.PostHeartbeat();
            }
        }
    }

    private void LookAtToken(RegisteredConnection registered, DateTimeOffset today)
    {
        IConnection connection = registered.Connection;

        // The verifier's skew: who connects with the same token now is let in.
        if (connection.Held.TryExpire(today - auth.ClockSkew))
        {
            connection.Outbox.Close(CloseCode.Unauthorized, ErrorCodes.TokenExpired);
        }
        else if (connection.Held.TryWarn(today + options.AuthWarning, out DateTimeOffset expiresAt))
        {
            connection.TellExpiring(expiresAt);
            metrics.Warned(registered.Kind);
        }
    }

    private void TellLogState(bool available)
    {
        foreach (RegisteredConnection registered in registry.All)
        {
            if (available)
            {
                registered.Connection.Outbox.PostHeartbeat();
            }
            else
            {
                registered.Connection.TellLogAway();
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information,
            "Session {Session} is dead: nothing came from it for {Seconds:0.0} s, not even answers to pings. "
            + "It is closed 4408.")]
        public static partial void Dead(ILogger logger, string session, double seconds);
    }
}

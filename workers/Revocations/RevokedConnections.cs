using Realtime.Protocol;
using Realtime.Protocol.Messages;
using Realtime.Workers.Connections;

namespace Realtime.Workers.Revocations;

/// <summary>
/// Ends open connections whose token was revoked. A new one is looked at once it is among all, so that none slips
/// through that was let in just before: either it is seen here, or it sees what changed.
/// </summary>
internal sealed class RevokedConnections
{
    private readonly ConnectionRegistry _registry;
    private readonly RevocationSet _revocations;
    private readonly ConnectionOptions _options;
    private readonly RevocationMetrics _metrics;
    private readonly TimeProvider _clock;

    public RevokedConnections(
        ConnectionRegistry registry, RevocationSet revocations, ConnectionOptions options, RevocationMetrics metrics,
        TimeProvider clock)
    {
        (_registry, _revocations, _options, _metrics, _clock) = (registry, revocations, options, metrics, clock);
        registry.Came += connection => TryEnd(connection);
    }

    /// <summary>Looks at all of them; returns how many were ended now.</summary>
    public int End() => _registry.All.Count(TryEnd);

    private bool TryEnd(RegisteredConnection registered)
    {
        IConnection connection = registered.Connection;
        if (!connection.Held.TryEnd(_revocations.IsRevoked))
        {
            return false;
        }

        _metrics.Refused("connection");
        connection.Outbox.Close(CloseCode.Unauthorized, ErrorCodes.TokenRevoked);

        // Who takes nothing goes all the same.
        registered.CutAt = _clock.GetTimestamp()
            + (long)(_options.CloseTimeout.TotalSeconds * _clock.TimestampFrequency);
        return true;
    }
}

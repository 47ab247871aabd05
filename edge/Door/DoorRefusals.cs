using System.Text.Json;

namespace Realtime.Edge.Door;

/// <summary>
/// Counts sockets that were closed before TLS, and tells of them at most once a second: a storm must not become one of
/// log lines.
/// </summary>
internal sealed partial class DoorRefusals(EdgeMetrics metrics, TimeProvider clock, ILogger<DoorRefusals> logger)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private long _untold;
    private long? _toldAt;

    /// <summary>One was closed.</summary>
    /// <param name="reason">Which limit.</param>
    /// <param name="address">Whose it was; null for a trusted proxy's.</param>
    public void Closed(EdgeRefusal reason, AddressGroup? address)
    {
        metrics.Refused(EdgeStage.Tls, reason);
        long closed;
        lock (_gate)
        {
            _untold++;
            if (_toldAt is { } at && clock.GetElapsedTime(at) < Interval)
            {
                return;
            }

            _toldAt = clock.GetTimestamp();
            closed = _untold;
            _untold = 0;
        }

        string name = JsonNamingPolicy.SnakeCaseLower.ConvertName(reason.ToString());
        Log.Closed(logger, closed, name, address?.ToString() ?? "a trusted proxy");
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning,
            "Connections closed before TLS since the last such line: {Count}. The last one: {Reason}, from {Address}. "
            + "Limits: connection_plane:edge:limits.")]
        public static partial void Closed(ILogger logger, long count, string reason, string address);
    }
}

using Realtime.Protocol.Messages;
using Realtime.Workers.Queries;

namespace Realtime.Workers.Connections;

/// <summary>The interval of heartbeats as the query asks for it: <c>heartbeat=15s</c>.</summary>
internal static class HeartbeatQuery
{
    private static readonly TimeSpan Min = TimeSpan.FromMilliseconds(HeartbeatInterval.MinMs);
    private static readonly TimeSpan Max = TimeSpan.FromMilliseconds(HeartbeatInterval.MaxMs);

    /// <summary>Reads it; the worker's own if it is absent or wrong.</summary>
    public static TimeSpan Read(QueryReader query, ConnectionOptions options) =>
        query.ReadDuration("heartbeat", Min, Max) ?? options.Heartbeat;
}

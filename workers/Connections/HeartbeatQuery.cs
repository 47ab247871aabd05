using Realtime.Hosting.Configuration;
using Realtime.Protocol.Messages;
using Realtime.Workers.Queries;

namespace Realtime.Workers.Connections;

/// <summary>The interval of heartbeats as the query asks for it: <c>heartbeat=15s</c>.</summary>
internal static class HeartbeatQuery
{
    private const string Name = "heartbeat";

    private static readonly TimeSpan Min = TimeSpan.FromMilliseconds(HeartbeatInterval.MinMs);
    private static readonly TimeSpan Max = TimeSpan.FromMilliseconds(HeartbeatInterval.MaxMs);

    /// <summary>Reads it; the worker's own if it is absent or wrong.</summary>
    public static TimeSpan Read(QueryReader query, ConnectionOptions options)
    {
        if (query.ReadText(Name) is not { } text)
        {
            return options.Heartbeat;
        }

        if (DurationText.TryParse(text, out TimeSpan wanted) && wanted >= Min && wanted <= Max)
        {
            return wanted;
        }

        query.Refuse(Name, $"must be a duration from {DurationText.Format(Min)} to {DurationText.Format(Max)}");
        return options.Heartbeat;
    }
}

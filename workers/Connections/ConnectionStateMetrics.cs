using System.Diagnostics.Metrics;
using Realtime.Workers.Delivery;

namespace Realtime.Workers.Connections;

/// <summary>What can be seen of this worker's connections, looked at when it is asked for.</summary>
internal sealed class ConnectionStateMetrics
{
    public ConnectionStateMetrics(IMeterFactory meters, ConnectionRegistry registry)
    {
        Meter meter = meters.Create(ConnectionMetrics.Name);
        meter.CreateObservableGauge(
            "realtime_connections_behind", () => registry.All.Count(static one => IsBehind(one.Connection)),
            "{connection}",
            "Connections that read on by themselves: they were too slow for what is live, or begin just now.");
        meter.CreateObservableGauge(
            "realtime_connections_limit", () => registry.PlacesMax, "{connection}",
            "Most connections that this worker holds at once.");
    }

    // Without the gate: a figure of a moment, and 10,000 connections have 160,000 feeds. Who conflates is behind by
    // wish.
    private static bool IsBehind(IConnection connection)
    {
        IReadOnlyList<StreamFeed> feeds = connection.Outbox.Feeds;
        for (int i = 0; i < feeds.Count; i++)
        {
            if (feeds[i] is { Mode: FeedMode.Behind or FeedMode.HandingOver, Conflates: false })
            {
                return true;
            }
        }

        return false;
    }
}

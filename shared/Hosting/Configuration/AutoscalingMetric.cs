namespace Realtime.Hosting.Configuration;

/// <summary>What scaling follows.</summary>
public enum AutoscalingMetric
{
    /// <summary>Open client connections per worker.</summary>
    ActiveConnections,
}

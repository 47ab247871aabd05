namespace Realtime.Hosting.Telemetry;

/// <summary>How log lines are written.</summary>
public enum LogFormat
{
    /// <summary>One readable line per entry.</summary>
    Text,

    /// <summary>One JSON object per entry.</summary>
    Json,
}

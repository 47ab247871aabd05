using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;

namespace Realtime.Hosting.Telemetry;

/// <summary>What a process tells about itself.</summary>
public sealed record TelemetryOptions
{
    /// <summary>Where it stands in the configuration.</summary>
    public const string Section = "telemetry";

    /// <summary>How log lines are written: <c>text</c> (default) or <c>json</c>.</summary>
    [ConfigurationKeyName("log_format")]
    public LogFormat LogFormat { get; init; } = LogFormat.Text;

    /// <summary>
    /// Lowest level that is logged (default <c>information</c>). The frameworks' own logs begin at warning.
    /// </summary>
    [ConfigurationKeyName("log_level")]
    public LogLevel LogLevel { get; init; } = LogLevel.Information;
}

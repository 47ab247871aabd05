using Microsoft.Extensions.Configuration;
using Realtime.Hosting.Configuration;

namespace Realtime.Hosting.Processes;

/// <summary>What every process has in common.</summary>
public sealed record ProcessOptions
{
    /// <summary>Where it stands in the configuration.</summary>
    public const string Section = "connection_plane";

    /// <summary>
    /// How long a process may take to end after SIGTERM, its drain included (1 s to 10 min; default 30 s).
    /// </summary>
    [ConfigurationKeyName("shutdown_timeout"), DurationRange("1s", "10m")]
    public TimeSpan ShutdownTimeout { get; init; } = TimeSpan.FromSeconds(30);
}

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Realtime.Hosting.Configuration;
using Realtime.Hosting.Health;
using Realtime.Hosting.Telemetry;

namespace Realtime.Hosting.Processes;

/// <summary>What every process begins with.</summary>
public static class RealtimeProcessExtensions
{
    /// <summary>
    /// Adds what every process needs: configuration (<c>AddRealtimeConfiguration</c>) and its check at start, logging,
    /// the clock (<see cref="TimeProvider"/>), health, and the time allowed for shutting down.
    /// </summary>
    public static WebApplicationBuilder AddRealtimeProcess(this WebApplicationBuilder builder, string[] args)
    {
        builder.AddRealtimeConfiguration(args);
        builder.Logging.AddRealtimeLogging(builder.Configuration.ReadRealtimeOptions<TelemetryOptions>());
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services
            .AddRealtimeOptions<ConnectionPlaneOptions>()
            .AddRealtimeOptions<OrchestrationPlaneOptions>()
            .AddRealtimeOptions<TelemetryOptions>()
            .AddRealtimeOptions<ProcessOptions>()
            .AddHealth();
        TimeSpan shutdown = builder.Configuration.ReadRealtimeOptions<ProcessOptions>().ShutdownTimeout;
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = shutdown);
        builder.Services.Configure<KestrelServerOptions>(kestrel => kestrel.AddServerHeader = false);
        return builder;
    }
}

using Realtime.Edge.Admin;
using Realtime.Edge.Affinity;
using Realtime.Edge.Auth;
using Realtime.Edge.Door;
using Realtime.Edge.Draining;
using Realtime.Edge.Forwarding;
using Realtime.Edge.Limits;
using Realtime.Edge.Origins;
using Realtime.Edge.Pages;
using Realtime.Edge.Tls;
using Realtime.Hosting.Configuration;
using Realtime.Hosting.Metrics;
using Realtime.Hosting.Problems;
using Realtime.Hosting.Processes;

namespace Realtime.Edge;

/// <summary>
/// Composes an edge, in the order in which bytes travel:
/// <code>
///   clients                                                                                      workers
///      |   8443                                                                                     ^
///      v                                                                                            |
///   +-----+    +------+    +--------+    +----------+    +------------+   least load, same key      |
///   | Tls | -> | Auth | -> | Limits | -> | Affinity | -> | Forwarding | ----------------------------+
///   +-----+    +------+    +--------+    +----------+    +------------+   next worker if one is gone
///      ^        token,      places of     ranks the       asks them in
///      |        stamp       connections   workers         that order
///   +-------+  +---------+  +-------+
///   | Admin |  | Origins |  | Pages |  before Auth: whose pages may call what follows; what browsers open first
///   +-------+  +---------+  +-------+
///   +------+
///   | Door |  before Tls and Auth: what comes too often, by address; who stands behind a trusted proxy
///   +------+
///     9443: operators, by their own token
/// </code>
/// </summary>
public static class EdgeHost
{
    /// <summary>
    /// Builds an edge that is ready to start. Several may live in one process. Where it listens is told by
    /// <see cref="EdgeListeners"/> once it has started.
    /// </summary>
    /// <param name="args">The command line.</param>
    /// <param name="configure">
    /// Changes to the builder, for hosts that embed an edge: configuration, logs, clock.
    /// </param>
    /// <exception cref="ConfigurationErrorException">The configuration is wrong; it holds all errors.</exception>
    public static WebApplication Build(string[] args, Action<WebApplicationBuilder>? configure = null)
    {
        // Empty: nothing is read that realtime.yaml does not say (no appsettings.json, no ASPNETCORE_URLS).
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new());
        builder.AddRealtimeProcess(args);
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration();
        builder.Services.AddRoutingCore();
        builder.Services.AddMetrics();
        builder.Services.AddRealtimeOptions<EdgeOptions>();
        builder.Services.AddRealtimeOptions<ConnectionPlaneOptions>();
        builder.Services.AddRealtimeMetrics(static provider =>
            new MetricsOrigin("edge", provider.GetRequiredService<EdgeOptions>().EdgeId));
        builder.Services.AddMetricsOf<EdgeMetrics>().AddMetricsOf<EdgeStateMetrics>();
        builder.Services.AddDoor().AddTls().AddOrigins().AddPages();
        builder.Services.AddAuth().AddLimits().AddAffinity().AddForwarding();
        builder.Services.AddDraining().AddAdmin();
        configure?.Invoke(builder);

        WebApplication app = builder.Build();
        app.Lifetime.ApplicationStarted.Register(() => app.Services.GetRequiredService<EdgeListeners>()
            .Report(app.Services.GetRequiredService<ILogger<EdgeListeners>>()));
        app.UseProblems();
        app.UseAdmin();
        app.UseRedirect();
        app.UseSecurityHeaders();
        app.UseRequestForm();
        app.UseClientAddress();
        app.UseRouting();
        app.UseOrigins();
        app.UseDoor();
        app.MapPages();
        app.MapPublicHealth();
        app.MapReverseProxy(proxied => proxied
            .UseOriginCheck().UseClientCertificates().UseAuth().UseDraining().UseLimits().UseAffinity()
            .UseForwarding());
        return app;
    }
}

using Microsoft.Extensions.DependencyInjection.Extensions;
using Realtime.Edge.Auth;
using Realtime.Edge.Forwarding.Tunnels;
using Realtime.Hosting.Configuration;
using Realtime.Hosting.Health;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Forwarder;
using Yarp.ReverseProxy.Transforms;

namespace Realtime.Edge.Forwarding;

/// <summary>The last stage: to a worker and back.</summary>
internal static class ForwardingExtensions
{
    public static IServiceCollection AddForwarding(this IServiceCollection services)
    {
        services.AddRealtimeOptions<ForwardingOptions>().AddRealtimeOptions<BreakerOptions>();
        services.TryAddSingleton<WorkerTable>();
        services.TryAddSingleton<WorkerConnect>();
        services.TryAddSingleton<WorkerStamps>();
        services.TryAddSingleton<TunnelForwarder>();
        services.TryAddSingleton<ForwardingAnswer>();
        services.TryAddSingleton<ITicketRedeemer, TicketRedeemer>();
        services.TryAddSingleton<IProxyConfigProvider>(provider => WorkerRoutes.Provide(
            provider.GetRequiredService<EdgeOptions>(), provider.GetRequiredService<ForwardingOptions>()));
        services.TryAddSingleton<Probe>();
        services.TryAddSingleton<WorkerProbes>();
        services.AddHostedService(provider => provider.GetRequiredService<WorkerProbes>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IReadinessCheck, WorkersReady>());
        services.TryAddSingleton<IForwarderHttpClientFactory, WorkerClientFactory>();
        // The proxy tells every failed attempt and probe as a warning with a stack. Ours are counted, and told by
        // change.
        services.Configure<LoggerFilterOptions>(filters => filters.AddFilter("Yarp.ReverseProxy", LogLevel.Error));
        services.AddReverseProxy().AddTransforms(transforms => transforms
            .AddRequestTransform(request =>
                request.HttpContext.RequestServices.GetRequiredService<WorkerStamps>().OnRequest(request))
            .AddResponseTransform(WorkerRefusal.OnAnswer));
        return services;
    }

    /// <summary>Ends the pipeline: behind it the proxy sends the request to the worker that was named.</summary>
    public static IApplicationBuilder UseForwarding(this IApplicationBuilder app) => app.UseMiddleware<Failover>();
}

using Microsoft.Extensions.DependencyInjection.Extensions;
using Realtime.Hosting.Configuration;
using Realtime.Hosting.Metrics;

namespace Realtime.Edge.Door;

/// <summary>Limits for strangers, by address.</summary>
internal static class DoorExtensions
{
    public static IServiceCollection AddDoor(this IServiceCollection services)
    {
        services.AddRealtimeOptions<DoorOptions>().AddRealtimeOptions<ProxyOptions>();
        services.TryAddSingleton<AddressLimits>();
        services.TryAddSingleton<HandshakeGate>();
        services.TryAddSingleton<TrustedProxies>();
        services.TryAddSingleton<DoorRefusals>();
        services.AddMetricsOf<DoorMetrics>();
        services.TryAddSingleton<DoorKeeper>();
        services.AddHostedService<ServerRefusals>();
        return services;
    }

    /// <summary>Refuses what two servers could read differently.</summary>
    public static IApplicationBuilder UseRequestForm(this IApplicationBuilder app) =>
        app.UseMiddleware<RequestForm>();

    /// <summary>Settles who the client is; before whatever looks at addresses.</summary>
    public static IApplicationBuilder UseClientAddress(this IApplicationBuilder app) =>
        app.UseMiddleware<ClientAddressing>();

    /// <summary>Refuses what comes too often.</summary>
    public static IApplicationBuilder UseDoor(this IApplicationBuilder app) => app.UseMiddleware<DoorLimiting>();
}

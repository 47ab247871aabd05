using Microsoft.Extensions.DependencyInjection.Extensions;
using Realtime.Hosting.Configuration;
using Realtime.Hosting.Health;

namespace Realtime.Edge.Draining;

/// <summary>Leaving service.</summary>
internal static class DrainingExtensions
{
    public static IServiceCollection AddDraining(this IServiceCollection services)
    {
        services.AddRealtimeOptions<EdgeDrainOptions>();
        services.TryAddSingleton<EdgeDrain>();
        services.AddSingleton<IReadinessCheck>(provider => provider.GetRequiredService<EdgeDrain>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, DrainAtExit>());
        return services;
    }

    public static IApplicationBuilder UseDraining(this IApplicationBuilder app) => app.UseMiddleware<DrainGate>();
}

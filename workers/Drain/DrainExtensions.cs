using Microsoft.Extensions.DependencyInjection.Extensions;
using Realtime.Hosting.Configuration;
using Realtime.Hosting.Health;
using Realtime.Hosting.Metrics;

namespace Realtime.Workers.Drain;

/// <summary>Leaving service, for the host.</summary>
internal static class DrainExtensions
{
    /// <summary>Adds the drain state, what <c>/readyz</c> says of it, and the last drain.</summary>
    public static IServiceCollection AddDrain(this IServiceCollection services)
    {
        services.AddRealtimeOptions<DrainOptions>();
        services.AddMetricsOf<DrainMetrics>().AddMetricsOf<DrainStateMetrics>();
        services.TryAddSingleton<DrainServices>();
        services.TryAddSingleton<WorkerDrain>();
        services.AddSingleton<IReadinessCheck>(provider => provider.GetRequiredService<WorkerDrain>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, DrainAtExit>());
        return services;
    }
}

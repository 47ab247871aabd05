using Microsoft.Extensions.DependencyInjection.Extensions;
using Realtime.Hosting.Health;

namespace Realtime.Workers.Health;

/// <summary>What a worker's <c>/readyz</c> speaks of.</summary>
internal static class HealthExtensions
{
    /// <summary>Adds the probe of the log, and the load as edges see it.</summary>
    public static IServiceCollection AddWorkerHealth(this IServiceCollection services)
    {
        services.TryAddSingleton<WorkerLoad>();
        services.TryAddSingleton<LogProbe>();
        services.AddHostedService(provider => provider.GetRequiredService<LogProbe>());
        services.AddSingleton<IReadinessCheck>(provider => provider.GetRequiredService<LogProbe>());
        services.AddSingleton(provider =>
        {
            WorkerLoad load = provider.GetRequiredService<WorkerLoad>();
            return new LoadFigure(ReadinessReport.Connections, () => load.Connections);
        });
        return services;
    }
}

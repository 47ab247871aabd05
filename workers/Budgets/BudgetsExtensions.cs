using Microsoft.Extensions.DependencyInjection.Extensions;
using Realtime.Hosting.Configuration;
using Realtime.Hosting.Metrics;

namespace Realtime.Workers.Budgets;

/// <summary>Budgets over all workers, for the host.</summary>
internal static class BudgetsExtensions
{
    public static IServiceCollection AddBudgets(this IServiceCollection services)
    {
        services.AddRealtimeOptions<BudgetOptions>();
        services.AddMetricsOf<BudgetMetrics>();
        services.TryAddSingleton<RateBudgets>();
        services.TryAddSingleton<TenantPlaces>();
        services.AddHostedService(static provider => provider.GetRequiredService<TenantPlaces>());
        return services;
    }
}

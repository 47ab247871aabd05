using Microsoft.Extensions.DependencyInjection.Extensions;
using Realtime.Hosting.Health;
using Realtime.Hosting.Identity;
using Realtime.Hosting.Metrics;

namespace Realtime.Workers.Stamp;

/// <summary>What believing edges takes.</summary>
internal static class StampExtensions
{
    /// <summary>Adds it, and tells edges by <c>/readyz</c> for whom and by which clock to sign.</summary>
    public static IServiceCollection AddStamp(this IServiceCollection services)
    {
        services.AddRealtimeIdentity();
        services.AddMetricsOf<StampMetrics>();
        services.TryAddSingleton<StampRefusals>();
        services.TryAddSingleton(provider =>
        {
            // From the earliest moment at which a stamp is believed to the last: two skews apart.
            IdentityStampOptions options = provider.GetRequiredService<IdentityStampOptions>();
            return new SeenOrders(
                options.Lifetime + (2 * options.ClockSkew), provider.GetRequiredService<TimeProvider>());
        });
        services.TryAddSingleton(provider => new ServedBy(
            provider.GetRequiredService<WorkerOptions>().Name, provider.GetRequiredService<TimeProvider>()));
        return services;
    }
}

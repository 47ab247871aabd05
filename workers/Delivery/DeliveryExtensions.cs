using Microsoft.Extensions.DependencyInjection.Extensions;
using Realtime.Hosting.Configuration;
using Realtime.Hosting.Metrics;

namespace Realtime.Workers.Delivery;

/// <summary>Sending to this worker's connections.</summary>
internal static class DeliveryExtensions
{
    public static IServiceCollection AddDelivery(this IServiceCollection services)
    {
        services.AddRealtimeOptions<DeliveryOptions>();
        services.AddMetricsOf<DeliveryMetrics>();
        services.TryAddSingleton<HistoryReader>();
        return services;
    }
}

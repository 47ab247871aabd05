using Realtime.Hosting.Configuration;
using Realtime.Hosting.Metrics;
using Realtime.Log;

namespace Realtime.Workers.Partitions;

/// <summary>The look at the partitions, for the host.</summary>
internal static class PartitionsExtensions
{
    /// <summary>Says how many partitions there are, for metrics that have a series for each.</summary>
    public static IServiceCollection AddPartitions(this IServiceCollection services) => services.AddSingleton(
        static provider => new PartitionedInstruments(provider.GetRequiredService<LogOptions>().Partitions));

    /// <summary>Adds the looking, for workers that keep the log's house.</summary>
    public static IServiceCollection AddPartitionWatch(this IServiceCollection services)
    {
        services.AddRealtimeOptions<PartitionWatchOptions>();
        services.AddMetricsOf<PartitionMetrics>();
        services.AddSingleton<PartitionWatch>();
        return services.AddHostedService(static provider => provider.GetRequiredService<PartitionWatch>());
    }
}

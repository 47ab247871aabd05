using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Realtime.Hosting.Configuration;
using Realtime.Hosting.Metrics;
using Realtime.Log.Memory;
using Realtime.Log.Redis;

namespace Realtime.Log;

/// <summary>Adds the partitioned log to a host.</summary>
public static class LogExtensions
{
    /// <summary>
    /// Adds <see cref="IPartitionedLog"/>: on Redis if <c>event_plane.redis.endpoints</c> names any, else embedded in
    /// this process. A log that is there already stays, so that several hosts in one process can share one.
    /// </summary>
    public static IServiceCollection AddPartitionedLog(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddRealtimeOptions<LogOptions>();
        return configuration.ReadRealtimeOptions<LogOptions>().Redis.Endpoints.Count > 0
            ? services.AddRedisLog()
            : services.AddMemoryLog();
    }

    /// <summary>Adds the embedded log: one process, bounded, not durable.</summary>
    public static IServiceCollection AddMemoryLog(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<IPartitionedLog>(provider => new MemoryLog(
            provider.GetRequiredService<LogOptions>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<MemoryLog>>()));
        return services;
    }

    /// <summary>
    /// Adds the log on Redis. Redis need not be there yet: the log connects in the background and says what it waits
    /// for.
    /// </summary>
    public static IServiceCollection AddRedisLog(this IServiceCollection services)
    {
        services.AddMetrics();
        services.AddMetricsOf<RedisMetrics>();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<IPartitionedLog>(provider => new RedisLog(
            provider.GetRequiredService<LogOptions>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<RedisLog>>(),
            provider.GetRequiredService<RedisMetrics>()));
        return services;
    }
}

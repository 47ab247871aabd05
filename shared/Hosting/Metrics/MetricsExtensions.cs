using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Realtime.Hosting.Configuration;
using Realtime.Hosting.Files;

namespace Realtime.Hosting.Metrics;

/// <summary>What a process measures, for those who watch it.</summary>
public static class MetricsExtensions
{
    /// <summary>Where they are read.</summary>
    public const string Path = "/metrics";

    /// <summary>
    /// Keeps what the host's instruments measure from its start on, and sends it by OTLP where that is configured.
    /// </summary>
    public static IServiceCollection AddRealtimeMetrics(
        this IServiceCollection services, Func<IServiceProvider, MetricsOrigin> origin)
    {
        services.AddRealtimeOptions<MetricsOptions>().AddRealtimeOptions<OtlpOptions>();
        services.AddMetrics();
        services.AddWatchedFiles();
        services.TryAddSingleton(origin);
        services.TryAddSingleton<MetricsReaders>();
        services.TryAddSingleton<MetricsPipeline>();
        services.TryAddSingleton<ProcessReading>();
        services.AddMetricsOf<ProcessMetrics>().AddMetricsOf<ExpositionMetrics>().AddMetricsOf<HealthMetrics>();
        services.TryAddSingleton<MetricsEndpoint>();
        services.AddHostedService<MetricsStart>();
        return services;
    }

    /// <summary>
    /// Adds a component's instruments, made at the start of the host: those that only observe are nobody's need, and
    /// the others show from the start on that they are there.
    /// </summary>
    public static IServiceCollection AddMetricsOf<T>(this IServiceCollection services)
        where T : class
    {
        services.TryAddSingleton<T>();
        return services.AddSingleton(new MadeAtStart(static provider => provider.GetRequiredService<T>()));
    }

    /// <summary>
    /// Maps <c>GET /metrics</c>. Who stands before it lets readers in by <see cref="MetricsReaders"/>, unless
    /// <paramref name="isGuarded"/>: then it asks for their token itself, where there is one.
    /// </summary>
    public static IEndpointRouteBuilder MapMetrics(this IEndpointRouteBuilder endpoints, bool isGuarded)
    {
        endpoints.MapGet(Path, context =>
            context.RequestServices.GetRequiredService<MetricsEndpoint>().AnswerAsync(context, isGuarded));
        return endpoints;
    }
}

using Microsoft.Extensions.DependencyInjection.Extensions;
using Realtime.Hosting.Configuration;

namespace Realtime.Edge.Affinity;

/// <summary>The fourth stage: which worker.</summary>
internal static class AffinityExtensions
{
    public static IServiceCollection AddAffinity(this IServiceCollection services)
    {
        services.AddRealtimeOptions<AffinityOptions>();
        services.TryAddSingleton<WorkerRanking>();
        return services;
    }

    public static IApplicationBuilder UseAffinity(this IApplicationBuilder app) => app.UseMiddleware<WorkerSelection>();
}

using Microsoft.Extensions.DependencyInjection.Extensions;
using Realtime.Hosting.Configuration;

namespace Realtime.Edge.Limits;

/// <summary>The third stage: not more than there is room for.</summary>
internal static class LimitsExtensions
{
    public static IServiceCollection AddLimits(this IServiceCollection services)
    {
        services.AddRealtimeOptions<ConnectionLimitOptions>();
        services.TryAddSingleton<ConnectionLimits>();
        return services;
    }

    public static IApplicationBuilder UseLimits(this IApplicationBuilder app) =>
        app.UseMiddleware<ConnectionLimiting>();
}

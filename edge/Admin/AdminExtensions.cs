using Microsoft.Extensions.DependencyInjection.Extensions;
using Realtime.Edge.Tls;
using Realtime.Hosting.Configuration;
using Realtime.Hosting.Health;

namespace Realtime.Edge.Admin;

/// <summary>The operators' door.</summary>
internal static class AdminExtensions
{
    public static IServiceCollection AddAdmin(this IServiceCollection services)
    {
        services.AddRealtimeOptions<AdminOptions>();
        services.TryAddSingleton<AdminToken>();
        services.TryAddSingleton<WorkersEndpoint>();
        return services;
    }

    /// <summary>
    /// Branches off what came in by the operators' listener, with routes of its own: nothing public is reachable
    /// there, nor anything of this elsewhere, whatever a Host header says.
    /// </summary>
    public static void UseAdmin(this IApplicationBuilder app) => app.MapWhen(ListenerFeature.IsAdmin, admin =>
    {
        admin.UseMiddleware<AdminGate>();
        admin.UseRouting();
        admin.UseEndpoints(endpoints =>
        {
            endpoints.MapHealth();
            endpoints.MapGet(
                "/admin/workers",
                context => context.RequestServices.GetRequiredService<WorkersEndpoint>().GetAsync(context));
        });
    });
}

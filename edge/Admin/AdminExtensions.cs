using Microsoft.Extensions.DependencyInjection.Extensions;
using Realtime.Edge.Admin.Asking;
using Realtime.Edge.Admin.Connections;
using Realtime.Edge.Admin.Edges;
using Realtime.Edge.Admin.Partitions;
using Realtime.Edge.Admin.Revocations;
using Realtime.Edge.Admin.Settings;
using Realtime.Edge.Admin.Workers;
using Realtime.Edge.Tls;
using Realtime.Hosting.Configuration;
using Realtime.Hosting.Health;
using Realtime.Hosting.Metrics;

namespace Realtime.Edge.Admin;

/// <summary>The operators' door.</summary>
internal static class AdminExtensions
{
    /// <summary>The route value that names a worker.</summary>
    public const string Id = "id";

    public static IServiceCollection AddAdmin(this IServiceCollection services)
    {
        services.AddRealtimeOptions<AdminOptions>();
        services.TryAddSingleton<AdminToken>();
        services.TryAddSingleton<WorkerAsk>();
        services.TryAddSingleton<WorkersEndpoint>();
        services.TryAddSingleton<WorkerDrainEndpoint>();
        services.TryAddSingleton<EdgeEndpoint>();
        services.TryAddSingleton<ConnectionsEndpoint>();
        services.TryAddSingleton<DisconnectEndpoint>();
        services.TryAddSingleton<RevocationsEndpoint>();
        services.TryAddSingleton<PartitionsEndpoint>();
        services.TryAddSingleton<LimitsEndpoint>();
        services.TryAddSingleton<ConfigurationEndpoint>();
        return services;
    }

    /// <summary>
    /// Branches off what came in by the operators' listener, with routes of its own: nothing public is reachable
    /// there, nor anything of this elsewhere, whatever a Host header says.
    /// </summary>
    public static void UseAdmin(this IApplicationBuilder app) => app.MapWhen(ListenerFeature.IsAdmin, admin =>
    {
        admin.UseMiddleware<AdminAudit>();
        admin.UseMiddleware<AdminGate>();
        admin.UseRouting();
        admin.UseEndpoints(endpoints =>
        {
            endpoints.MapHealth();
            endpoints.MapMetrics(isGuarded: false);
            endpoints.MapAdmin();
        });
    });

    private static void MapAdmin(this IEndpointRouteBuilder endpoints)
    {
        const string Worker = $"/admin/workers/{{{Id}}}";
        endpoints.MapGet("/admin/workers", By<WorkersEndpoint>((one, context) => one.ListAsync(context)));
        endpoints.MapGet(Worker, By<WorkersEndpoint>((one, context) => one.GetAsync(context)));
        endpoints.MapPost($"{Worker}/drain", By<WorkerDrainEndpoint>((one, context) => one.DrainAsync(context)));
        endpoints.MapPost($"{Worker}/undrain", By<WorkerDrainEndpoint>((one, context) => one.UndrainAsync(context)));
        endpoints.MapGet("/admin/edge", By<EdgeEndpoint>((one, context) => one.GetAsync(context)));
        endpoints.MapPost("/admin/edge/drain", By<EdgeEndpoint>((one, context) => one.DrainAsync(context)));
        endpoints.MapPost("/admin/edge/undrain", By<EdgeEndpoint>((one, context) => one.UndrainAsync(context)));
        endpoints.MapGet("/admin/connections", By<ConnectionsEndpoint>((one, context) => one.GetAsync(context)));
        endpoints.MapPost(
            "/admin/connections/disconnect", By<DisconnectEndpoint>((one, context) => one.PostAsync(context)));
        const string Revocations = "/admin/revocations";
        endpoints.MapPost(Revocations, By<RevocationsEndpoint>((one, context) => one.PostAsync(context)));
        endpoints.MapGet(Revocations, By<RevocationsEndpoint>((one, context) => one.GetAsync(context)));
        endpoints.MapDelete(Revocations, By<RevocationsEndpoint>((one, context) => one.DeleteAsync(context)));
        endpoints.MapGet("/admin/partitions", By<PartitionsEndpoint>((one, context) => one.GetAsync(context)));
        endpoints.MapGet("/admin/configuration", By<ConfigurationEndpoint>((one, context) => one.GetAsync(context)));
        endpoints.MapGet("/admin/limits", By<LimitsEndpoint>((one, context) => one.GetAsync(context)));
    }

    /// <summary>Found when asked for: a wrong configuration is told by its check, not by who reads it first.</summary>
    private static RequestDelegate By<T>(Func<T, HttpContext, Task> answer)
        where T : notnull => context => answer(context.RequestServices.GetRequiredService<T>(), context);
}

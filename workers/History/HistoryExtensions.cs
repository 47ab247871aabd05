using Microsoft.Extensions.DependencyInjection.Extensions;
using Realtime.Hosting.Configuration;
using Realtime.Hosting.Metrics;

namespace Realtime.Workers.History;

/// <summary>Reads over HTTP, for the host.</summary>
internal static class HistoryExtensions
{
    /// <summary>Adds what reads the past.</summary>
    public static IServiceCollection AddHistory(this IServiceCollection services)
    {
        services.AddRealtimeOptions<HistoryOptions>();
        services.AddMetricsOf<HistoryMetrics>();
        services.TryAddSingleton<HistoryReads>();
        services.TryAddSingleton<EntryReader>();
        services.TryAddSingleton<EventHistory>();
        services.TryAddSingleton<LatestHistory>();
        services.TryAddSingleton<StateHistory>();
        services.TryAddSingleton<EventsEndpoint>();
        services.TryAddSingleton<LatestEndpoint>();
        services.TryAddSingleton<AgentsEndpoint>();
        services.TryAddSingleton<TerminalHistoryEndpoint>();
        return services;
    }

    /// <summary>Maps the endpoints for who reads.</summary>
    public static IEndpointRouteBuilder MapHistory(this IEndpointRouteBuilder endpoints)
    {
        EventsEndpoint events = endpoints.ServiceProvider.GetRequiredService<EventsEndpoint>();
        LatestEndpoint latest = endpoints.ServiceProvider.GetRequiredService<LatestEndpoint>();
        AgentsEndpoint agents = endpoints.ServiceProvider.GetRequiredService<AgentsEndpoint>();
        TerminalHistoryEndpoint terminal = endpoints.ServiceProvider.GetRequiredService<TerminalHistoryEndpoint>();
        endpoints.MapGet(
            "/v1/events",
            (HttpContext context) =>
                context.Request.Query.ContainsKey("last") ? latest.HandleAsync(context) : events.HandleAsync(context));
        endpoints.MapGet("/v1/agents", agents.HandleAsync);
        endpoints.MapGet("/v1/tasks/{task}/terminal", terminal.HandleAsync);
        return endpoints;
    }
}

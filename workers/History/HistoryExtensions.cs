using Microsoft.Extensions.DependencyInjection.Extensions;
using Realtime.Hosting.Configuration;

namespace Realtime.Workers.History;

/// <summary>Reads over HTTP, for the host.</summary>
internal static class HistoryExtensions
{
    /// <summary>Adds what reads the past.</summary>
    public static IServiceCollection AddHistory(this IServiceCollection services)
    {
        services.AddRealtimeOptions<HistoryOptions>();
        services.TryAddSingleton<HistoryMetrics>();
        services.TryAddSingleton<HistoryReads>();
        services.TryAddSingleton<EventHistory>();
        services.TryAddSingleton<StateHistory>();
        services.TryAddSingleton<EventsEndpoint>();
        services.TryAddSingleton<AgentsEndpoint>();
        services.TryAddSingleton<TerminalHistoryEndpoint>();
        return services;
    }

    /// <summary>Maps the endpoints for who reads.</summary>
    public static IEndpointRouteBuilder MapHistory(this IEndpointRouteBuilder endpoints)
    {
        EventsEndpoint events = endpoints.ServiceProvider.GetRequiredService<EventsEndpoint>();
        AgentsEndpoint agents = endpoints.ServiceProvider.GetRequiredService<AgentsEndpoint>();
        TerminalHistoryEndpoint terminal = endpoints.ServiceProvider.GetRequiredService<TerminalHistoryEndpoint>();
        endpoints.MapGet("/v1/events", events.HandleAsync);
        endpoints.MapGet("/v1/agents", agents.HandleAsync);
        endpoints.MapGet("/v1/tasks/{task}/terminal", terminal.HandleAsync);
        return endpoints;
    }
}

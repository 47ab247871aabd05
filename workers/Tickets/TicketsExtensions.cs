using Microsoft.Extensions.DependencyInjection.Extensions;
using Realtime.Hosting.Configuration;
using Realtime.Hosting.Metrics;
using Realtime.Workers.Stamp;

namespace Realtime.Workers.Tickets;

/// <summary>Tickets, for the host.</summary>
internal static class TicketsExtensions
{
    public static IServiceCollection AddTickets(this IServiceCollection services)
    {
        services.AddRealtimeOptions<TicketOptions>();
        services.AddMetricsOf<TicketMetrics>();
        services.TryAddSingleton<TicketsEndpoint>();
        services.TryAddSingleton<RedeemEndpoint>();
        return services;
    }

    /// <summary>Maps both ends: any worker, whatever its roles, gives and redeems them.</summary>
    public static IEndpointRouteBuilder MapTickets(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapPost("/v1/tickets", endpoints.ServiceProvider.GetRequiredService<TicketsEndpoint>().HandleAsync);

        // Many a second, and a ticket is good once anyway: no need to remember the stamps of these.
        endpoints.MapPost(
            "/internal/tickets/redeem", endpoints.ServiceProvider.GetRequiredService<RedeemEndpoint>().HandleAsync)
            .WithMetadata(new RepeatableOrderAttribute());
        return endpoints;
    }
}

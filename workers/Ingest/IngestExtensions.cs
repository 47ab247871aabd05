using Microsoft.Extensions.DependencyInjection.Extensions;
using Realtime.Hosting.Configuration;
using Realtime.Hosting.Metrics;
using Realtime.Workers.Connections;
using Realtime.Workers.Ingest.Leases;
using Realtime.Workers.Ingest.Sockets;

namespace Realtime.Workers.Ingest;

/// <summary>Ingest, for the host.</summary>
internal static class IngestExtensions
{
    /// <summary>Adds what takes events and terminal bytes in, and what keeps the log's house.</summary>
    public static IServiceCollection AddIngest(this IServiceCollection services)
    {
        services.AddRealtimeOptions<IngestOptions>();
        services.TryAddSingleton(provider =>
            new ByteBudget(provider.GetRequiredService<IngestOptions>().InFlightBytesMax));
        services.TryAddSingleton<BodyBudget>();
        services.AddMetricsOf<IngestMetrics>();
        services.TryAddSingleton<Refusals>();
        services.TryAddSingleton<Publisher>();
        services.TryAddSingleton<EventIngest>();
        services.TryAddSingleton<TerminalIngest>();
        services.TryAddSingleton<HttpAnswers>();
        services.TryAddSingleton<PublishEndpoint>();
        services.TryAddSingleton<TerminalEndpoint>();
        services.TryAddSingleton<TerminalCommand>();
        services.TryAddSingleton<TerminalEndEndpoint>();
        services.TryAddSingleton<TerminalResizeEndpoint>();
        services.AddHostedService<SweepService>();

        services.AddMetricsOf<LeaseMetrics>();
        services.TryAddSingleton<LeaseIngest>();
        services.TryAddSingleton<LeaseEndpoint>();
        services.AddHostedService<LeaseSweepService>();

        services.AddConnectionRegistry();
        services.AddRealtimeOptions<PublishSocketOptions>();
        services.AddMetricsOf<PublishSocketMetrics>();
        services.TryAddSingleton<ProducerServices>();
        services.TryAddSingleton<PublishSocketEndpoint>();
        return services;
    }

    /// <summary>Maps the endpoints for producers.</summary>
    public static IEndpointRouteBuilder MapIngest(this IEndpointRouteBuilder endpoints)
    {
        PublishEndpoint publish = endpoints.ServiceProvider.GetRequiredService<PublishEndpoint>();
        TerminalEndpoint terminal = endpoints.ServiceProvider.GetRequiredService<TerminalEndpoint>();
        TerminalEndEndpoint end = endpoints.ServiceProvider.GetRequiredService<TerminalEndEndpoint>();
        TerminalResizeEndpoint resize = endpoints.ServiceProvider.GetRequiredService<TerminalResizeEndpoint>();
        LeaseEndpoint leases = endpoints.ServiceProvider.GetRequiredService<LeaseEndpoint>();
        PublishSocketEndpoint socket = endpoints.ServiceProvider.GetRequiredService<PublishSocketEndpoint>();
        endpoints.MapPost("/v1/events", publish.HandleAsync);
        endpoints.MapPost("/v1/tasks/{task}/terminal", terminal.HandleAsync);
        endpoints.MapPost("/v1/tasks/{task}/terminal/end", end.HandleAsync);
        endpoints.MapPost("/v1/tasks/{task}/terminal/resize", resize.HandleAsync);
        endpoints.MapPost("/v1/leases", leases.TakeAsync);
        endpoints.MapPost("/v1/leases/release", leases.ReleaseAsync);
        endpoints.MapMethods("/v1/publish", WebSocketHandshake.Methods, socket.ServeAsync);
        return endpoints;
    }
}

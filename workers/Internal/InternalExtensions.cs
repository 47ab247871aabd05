using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Realtime.Workers.Internal;

/// <summary>What edges ask of a worker on behalf of operators, for the host.</summary>
internal static class InternalExtensions
{
    /// <summary>Adds the endpoints' parts.</summary>
    public static IServiceCollection AddInternal(this IServiceCollection services)
    {
        services.TryAddSingleton<StatusWriter>();
        services.TryAddSingleton<DrainEndpoints>();
        services.TryAddSingleton<ConnectionEndpoints>();
        services.TryAddSingleton<RevocationEndpoints>();
        services.TryAddSingleton<PartitionsEndpoint>();
        services.TryAddSingleton<LimitsEndpoint>();
        services.TryAddSingleton<ConfigurationEndpoint>();
        return services;
    }

    /// <summary>Maps <c>/internal</c>, which <c>UseOperatorStamp</c> guards.</summary>
    public static IEndpointRouteBuilder MapInternal(this IEndpointRouteBuilder endpoints)
    {
        IServiceProvider services = endpoints.ServiceProvider;
        DrainEndpoints drain = services.GetRequiredService<DrainEndpoints>();
        ConnectionEndpoints connections = services.GetRequiredService<ConnectionEndpoints>();
        RouteGroupBuilder group = endpoints.MapGroup("/internal");
        group.MapGet("/status", drain.StatusAsync);
        group.MapPost("/drain", drain.DrainAsync);
        group.MapPost("/undrain", drain.UndrainAsync);
        group.MapPost("/edges/{edge}/drain", drain.DrainEdgeAsync);
        group.MapPost("/edges/{edge}/undrain", drain.UndrainEdgeAsync);
        group.MapGet("/connections", connections.ListAsync);
        group.MapPost("/connections/disconnect", connections.DisconnectAsync);
        RevocationEndpoints revocations = services.GetRequiredService<RevocationEndpoints>();
        group.MapPost("/revocations", revocations.RevokeAsync);
        group.MapGet("/revocations", revocations.ListAsync);
        group.MapDelete("/revocations", revocations.UndoAsync);
        group.MapGet("/partitions", services.GetRequiredService<PartitionsEndpoint>().ReadAsync);
        group.MapGet("/limits", services.GetRequiredService<LimitsEndpoint>().ReadAsync);
        group.MapGet("/configuration", services.GetRequiredService<ConfigurationEndpoint>().ReadAsync);
        return endpoints;
    }
}

using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Realtime.Hosting.Health;

/// <summary>The health endpoints.</summary>
public static class HealthExtensions
{
    /// <summary>Adds what the endpoints need. <c>AddRealtimeProcess</c> has done it.</summary>
    public static IServiceCollection AddHealth(this IServiceCollection services) => throw new NotImplementedException();

    /// <summary>
    /// Maps <c>GET /healthz</c> (200 while the process lives) and <c>GET /readyz</c> (a <see cref="ReadinessReport"/>, 200 if
    /// ready, else 503).
    /// </summary>
    public static IEndpointRouteBuilder MapHealth(this IEndpointRouteBuilder endpoints) => throw new NotImplementedException();
}

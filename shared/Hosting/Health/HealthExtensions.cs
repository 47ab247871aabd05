using System.Buffers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Realtime.Hosting.Health;

/// <summary>The health endpoints.</summary>
public static class HealthExtensions
{
    /// <summary>Adds what the endpoints need. <c>AddRealtimeProcess</c> has done it.</summary>
    public static IServiceCollection AddHealth(this IServiceCollection services)
    {
        services.TryAddSingleton<HealthReporter>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IReadinessCheck, LifetimeCheck>());
        return services;
    }

    /// <summary>
    /// Maps <c>GET /healthz</c> (200 while the process lives) and <c>GET /readyz</c> (a <see cref="ReadinessReport"/>,
    /// 200 if ready, else 503).
    /// </summary>
    public static IEndpointRouteBuilder MapHealth(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet("/healthz", context => AnswerAsync(context, StatusCodes.Status200OK, Alive));
        endpoints.MapGet("/readyz", context =>
        {
            // Not made before the start: what it looks at has options, and wrong ones are told by the start.
            ReadinessReport report = context.RequestServices.GetRequiredService<HealthReporter>().Report();
            bool isReady = report.Status == ReadinessStatus.Ready;
            return AnswerAsync(
                context, isReady ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable, report.Write);
        });
        return endpoints;
    }

    private static void Alive(IBufferWriter<byte> output) => output.Write("""{"status":"alive"}"""u8);

    private static async Task AnswerAsync(HttpContext context, int status, Action<IBufferWriter<byte>> write)
    {
        HttpResponse response = context.Response;
        response.StatusCode = status;
        response.ContentType = "application/json";
        response.Headers.CacheControl = "no-store";
        write(response.BodyWriter);
        await response.BodyWriter.FlushAsync(context.RequestAborted);
    }
}

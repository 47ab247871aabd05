using Realtime.Hosting.Health;

namespace Realtime.Edge;

/// <summary>
/// <c>/healthz</c> and <c>/readyz</c> for load balancers on the public listener: yes or no. Why not is for operators,
/// on theirs.
/// </summary>
internal static class PublicHealth
{
    public static void MapPublicHealth(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet("/healthz", context => context.Response.WriteAsync("ok\n", context.RequestAborted));
        endpoints.MapGet("/readyz", context =>
        {
            bool isReady = context.RequestServices.GetServices<IReadinessCheck>()
                .All(check => check.Check().Status == ReadinessStatus.Ready);
            context.Response.StatusCode = isReady ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
            return context.Response.WriteAsync(isReady ? "ready\n" : "not ready\n", context.RequestAborted);
        });
    }
}

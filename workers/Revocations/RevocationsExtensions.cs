using Microsoft.Extensions.DependencyInjection.Extensions;
using Realtime.Hosting.Configuration;
using Realtime.Hosting.Health;
using Realtime.Hosting.Identity;
using Realtime.Hosting.Metrics;
using Realtime.Hosting.Problems;
using Realtime.Protocol.Messages;
using Realtime.Workers.Connections;

namespace Realtime.Workers.Revocations;

/// <summary>Revocations, for the host.</summary>
internal static class RevocationsExtensions
{
    public static IServiceCollection AddRevocations(this IServiceCollection services)
    {
        services.AddRealtimeOptions<RevocationOptions>();
        services.AddConnectionRegistry();
        services.TryAddSingleton<RevocationSet>();
        services.AddMetricsOf<RevocationMetrics>();
        services.TryAddSingleton<RevokedConnections>();
        services.TryAddSingleton<RevocationSync>();
        services.AddHostedService(static provider => provider.GetRequiredService<RevocationSync>());
        services.AddSingleton<IReadinessCheck>(static provider => provider.GetRequiredService<RevocationSync>());
        return services;
    }

    /// <summary>
    /// Refuses requests of revoked tokens with 401 <c>token_revoked</c>, and all that have a token before it is known
    /// which are revoked. Stands behind <c>UseStampedIdentity</c>.
    /// </summary>
    public static IApplicationBuilder UseRevocations(this IApplicationBuilder app)
    {
        RevocationSet revocations = app.ApplicationServices.GetRequiredService<RevocationSet>();
        RevocationMetrics metrics = app.ApplicationServices.GetRequiredService<RevocationMetrics>();
        return app.Use((context, next) =>
        {
            if (context.Features.Get<Identity>() is not { } identity)
            {
                return next(context);
            }

            if (!revocations.IsKnown)
            {
                context.Response.Headers[Refusals.Header] = "starting";
                return Problem.WriteAsync(
                    context, StatusCodes.Status503ServiceUnavailable, ErrorCodes.NoWorker,
                    "The worker does not know yet which tokens were revoked; try again.",
                    retryAfter: TimeSpan.FromSeconds(1));
            }

            if (!revocations.IsRevoked(identity))
            {
                return next(context);
            }

            metrics.Refused("request");
            context.Response.Headers.WWWAuthenticate =
                "Bearer realm=\"realtime\", error=\"invalid_token\", error_description=\"The token was revoked.\"";
            return Problem.WriteAsync(
                context, StatusCodes.Status401Unauthorized, ErrorCodes.TokenRevoked,
                "The token was revoked. Sign in again, if you may.");
        });
    }
}

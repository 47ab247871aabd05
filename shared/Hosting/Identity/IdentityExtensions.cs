using System.Collections.Immutable;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Realtime.Hosting.Configuration;
using Realtime.Hosting.Files;
using Realtime.Hosting.Health;
using Realtime.Hosting.Identity.Jwks;
using Realtime.Hosting.Identity.Keys;

namespace Realtime.Hosting.Identity;

/// <summary>Identity, for edge and workers.</summary>
public static class IdentityExtensions
{
    /// <summary>
    /// Adds <see cref="TokenVerifier"/>, <see cref="IdentityStamp"/> and <see cref="OperatorStamp"/>, with their
    /// options, and what keeps their keys fresh.
    /// </summary>
    public static IServiceCollection AddRealtimeIdentity(this IServiceCollection services)
    {
        services.AddWatchedFiles();
        services.AddRealtimeOptions<ConnectionPlaneOptions>()
            .AddRealtimeOptions<AuthOptions>().AddRealtimeOptions<IdentityStampOptions>();
        services.TryAddSingleton<JwksMetrics>();
        services.TryAddSingleton<JwksSource>();
        services.TryAddSingleton(VerifierOf);
        services.TryAddSingleton<InternalKeys>();
        services.TryAddSingleton<IdentityStamp>();
        services.TryAddSingleton<OperatorStamp>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, JwksRefresh>(provider => new JwksRefresh(
            provider.GetRequiredService<JwksSource>().Keys, provider.GetRequiredService<TimeProvider>())));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IReadinessCheck, JwksReady>(provider => new JwksReady(
            provider.GetRequiredService<JwksSource>().Keys)));
        return services;
    }

    private static TokenVerifier VerifierOf(IServiceProvider services)
    {
        AuthOptions options = services.GetRequiredService<AuthOptions>();
        ImmutableArray<string> inPlace = options.SigningKey is { } key ? [key] : [];
        var secrets = new SecretList(
            inPlace, options.SigningKeyFile, AuthOptions.SigningKeysMax, AuthOptions.Section + ":signing_key_file",
            services.GetRequiredService<ConnectionPlaneOptions>().Development,
            services.GetRequiredService<WatchedFiles>());
        return new TokenVerifier(
            options, services.GetRequiredService<TimeProvider>(), secrets,
            services.GetRequiredService<JwksSource>().Keys);
    }
}

using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Realtime.Hosting.Configuration;

namespace Realtime.Hosting.Identity;

/// <summary>Identity, for edge and workers.</summary>
public static class IdentityExtensions
{
    /// <summary>
    /// Adds <see cref="TokenVerifier"/>, <see cref="IdentityStamp"/> and <see cref="OperatorStamp"/>, with their
    /// options.
    /// </summary>
    public static IServiceCollection AddRealtimeIdentity(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddRealtimeOptions<AuthOptions>().AddRealtimeOptions<IdentityStampOptions>();
        services.TryAddSingleton<TokenVerifier>();
        services.TryAddSingleton<IdentityStamp>();
        services.TryAddSingleton<OperatorStamp>();
        return services;
    }
}

using Microsoft.Extensions.DependencyInjection;

namespace Realtime.Hosting.Identity;

/// <summary>Identity, for edge and workers.</summary>
public static class IdentityExtensions
{
    /// <summary>Adds <see cref="TokenVerifier"/> and <see cref="IdentityStamp"/> with their options.</summary>
    public static IServiceCollection AddRealtimeIdentity(this IServiceCollection services) => throw new NotImplementedException();
}

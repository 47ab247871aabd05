using Realtime.Hosting.Identity;

namespace Realtime.Edge.Auth;

/// <summary>The second stage: requests become somebody's.</summary>
internal static class AuthExtensions
{
    /// <summary>
    /// Logs the full URL of every request at Information, query and all, before any code of ours runs.
    /// </summary>
    private const string RequestLog = "Microsoft.AspNetCore.Hosting.Diagnostics";

    public static IServiceCollection AddAuth(this IServiceCollection services)
    {
        services.AddRealtimeIdentity();
        return services.AddQuietLog(RequestLog);
    }

    public static IApplicationBuilder UseAuth(this IApplicationBuilder app) => app.UseMiddleware<Authentication>();
}

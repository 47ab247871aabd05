using Realtime.Hosting.Identity;

namespace Realtime.Edge.Auth;

/// <summary>The second stage: requests become somebody's.</summary>
internal static class AuthExtensions
{
    /// <summary>
    /// Logs the full URL of every request at Information, query and all, before any code of ours runs.
    /// </summary>
    private const string RequestLog = "Microsoft.AspNetCore.Hosting.Diagnostics";

    /// <summary>Quotes at Debug what it cannot read of a request, up to its whole first line.</summary>
    private const string BadRequestLog = "Microsoft.AspNetCore.Server.Kestrel.BadRequests";

    public static IServiceCollection AddAuth(this IServiceCollection services)
    {
        services.AddRealtimeIdentity();
        return services.AddQuietLog(RequestLog).AddQuietLog(BadRequestLog);
    }

    public static IApplicationBuilder UseAuth(this IApplicationBuilder app) => app.UseMiddleware<Authentication>();
}

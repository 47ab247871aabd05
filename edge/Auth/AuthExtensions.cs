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
        services.PostConfigure<LoggerFilterOptions>(KeepTokensOutOfLogs);
        return services;
    }

    public static IApplicationBuilder UseAuth(this IApplicationBuilder app) => app.UseMiddleware<Authentication>();

    /// <summary>
    /// Whatever levels are configured. The last rule wins among those that fit equally well, and a rule of a provider
    /// beats one of all, so there is one for each.
    /// </summary>
    private static void KeepTokensOutOfLogs(LoggerFilterOptions filters)
    {
        string?[] providers = [null, .. filters.Rules.Select(rule => rule.ProviderName).OfType<string>().Distinct()];
        foreach (string? provider in providers)
        {
            filters.Rules.Add(new(provider, RequestLog, LogLevel.Warning, filter: null));
        }
    }
}

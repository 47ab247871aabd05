namespace Realtime.Edge;

/// <summary>Keeps what clients send out of logs where the framework would write it.</summary>
internal static class QuietLogs
{
    /// <summary>
    /// Leaves only warnings of a category, whatever levels are configured. The last rule wins among those that fit
    /// equally well, and a rule of a provider beats one of all, so there is one for each.
    /// </summary>
    public static IServiceCollection AddQuietLog(this IServiceCollection services, string category) =>
        services.PostConfigure<LoggerFilterOptions>(filters =>
        {
            IEnumerable<string> named = filters.Rules.Select(rule => rule.ProviderName).OfType<string>();
            string?[] providers = [null, .. named.Distinct()];
            foreach (string? provider in providers)
            {
                filters.Rules.Add(new(provider, category, LogLevel.Warning, filter: null));
            }
        });
}

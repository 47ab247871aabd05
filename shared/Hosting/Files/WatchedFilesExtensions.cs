using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Realtime.Hosting.Files;

/// <summary>Files that are read again when they change.</summary>
public static class WatchedFilesExtensions
{
    /// <summary>Adds <see cref="WatchedFiles"/>.</summary>
    public static IServiceCollection AddWatchedFiles(this IServiceCollection services)
    {
        services.AddMetrics();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<WatchedFileMetrics>();
        services.TryAddSingleton<WatchedFiles>();
        return services;
    }
}

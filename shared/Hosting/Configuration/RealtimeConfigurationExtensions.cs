using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Realtime.Hosting.Configuration;

/// <summary>How a process reads its configuration.</summary>
public static class RealtimeConfigurationExtensions
{
    /// <summary>
    /// Adds <c>realtime.yaml</c> (path by <c>--config PATH</c>, else environment variable <c>REALTIME_CONFIG</c>, else
    /// <c>./realtime.yaml</c> if it is there), environment variables <c>REALTIME__SECTION__KEY</c>, and
    /// <c>--section:key value</c>; later ones win. A file that cannot be read is a <see cref="ConfigurationErrorException"/>.
    /// </summary>
    public static TBuilder AddRealtimeConfiguration<TBuilder>(this TBuilder builder, string[] args)
        where TBuilder : IHostApplicationBuilder => throw new NotImplementedException();

    /// <summary>
    /// Registers <typeparamref name="T"/>, a <c>sealed record</c> with <c>const string Section</c>, bound from that section,
    /// as itself and as <c>IOptions&lt;T&gt;</c>. Resolving it throws a <see cref="ConfigurationErrorException"/> with all
    /// errors of the whole configuration if there is any, so that nothing runs on a bad one.
    /// </summary>
    public static IServiceCollection AddRealtimeOptions<T>(this IServiceCollection services)
        where T : class => throw new NotImplementedException();

    /// <summary>
    /// Reads <typeparamref name="T"/> while the host is being composed, when not all options are known yet: a bad value
    /// reads as its default, and is reported with all others at start. Register the type too.
    /// </summary>
    public static T ReadRealtimeOptions<T>(this IConfiguration configuration)
        where T : class => throw new NotImplementedException();
}

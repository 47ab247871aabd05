using System.Collections;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Realtime.Hosting.Configuration;

/// <summary>How a process reads its configuration.</summary>
public static class RealtimeConfigurationExtensions
{
    private const string DefaultPath = "realtime.yaml";
    private const string PathVariable = "REALTIME_CONFIG";

    /// <summary>
    /// Adds <c>realtime.yaml</c> (path by <c>--config PATH</c>, else environment variable <c>REALTIME_CONFIG</c>, else
    /// <c>./realtime.yaml</c> if it is there), environment variables <c>REALTIME__SECTION__KEY</c>, and
    /// <c>--section:key value</c>; later ones win. What cannot be read is reported by the check at start.
    /// </summary>
    public static TBuilder AddRealtimeConfiguration<TBuilder>(this TBuilder builder, string[] args)
        where TBuilder : IHostApplicationBuilder
    {
        builder.Configuration.AddRealtimeSources(args, Environment.GetEnvironmentVariables());
        builder.Services.AddConfigurationCheck();
        return builder;
    }

    /// <summary>
    /// Registers <typeparamref name="T"/>, a <c>sealed record</c> with <c>const string Section</c>, bound from that
    /// section, as itself and as <c>IOptions&lt;T&gt;</c>. Resolving it throws a <see
    /// cref="ConfigurationErrorException"/> with all errors of the whole configuration if there is any, so that nothing
    /// runs on a bad one.
    /// </summary>
    /// <remarks>
    /// Keys are <c>[ConfigurationKeyName]</c> or the property's name in snake_case. Values: text, whole numbers,
    /// numbers, true/false, enums by their snake_case names, durations (<see cref="DurationText"/>), addresses, and
    /// where the key ends in <c>_bytes</c> or <c>_bytes_max</c> sizes (<see cref="SizeText"/>); lists (arrays,
    /// <c>ImmutableArray</c>, <c>IReadOnlyList</c>) and sections of these. Rules are validation attributes, <see
    /// cref="DurationRangeAttribute"/>, and <c>IValidatableObject</c>, whose messages read <c>rule; cure</c>.
    /// </remarks>
    public static IServiceCollection AddRealtimeOptions<T>(this IServiceCollection services)
        where T : class
    {
        var registration = new OptionsRegistration(typeof(T));
        if (services.Any(service => registration.Equals(service.ImplementationInstance)))
        {
            return services;
        }

        OptionProperty.SectionOf(typeof(T));
        services.AddSingleton(registration);
        services.AddSingleton(provider => provider.GetRequiredService<CheckedConfiguration>().Get<T>());
        services.AddSingleton(provider => Options.Create(provider.GetRequiredService<T>()));
        return services.AddConfigurationCheck();
    }

    /// <summary>
    /// Reads <typeparamref name="T"/> while the host is being composed, when not all options are known yet: a bad value
    /// reads as its default, and is reported with all others at start. Register the type too.
    /// </summary>
    public static T ReadRealtimeOptions<T>(this IConfiguration configuration)
        where T : class => (T)new OptionsBinder(configuration).Bind(typeof(T));

    /// <summary>Adds the three sources, with the environment given.</summary>
    internal static void AddRealtimeSources(this IConfigurationBuilder builder, string[] args, IDictionary environment)
    {
        var commandLine = new CommandLine(args);
        if (commandLine.ConfigPath is string named)
        {
            builder.Add(new YamlConfigurationSource(named, "--config"));
        }
        else if (environment[PathVariable] is string { Length: > 0 } variable)
        {
            builder.Add(new YamlConfigurationSource(variable, $"environment variable {PathVariable}"));
        }
        else if (File.Exists(DefaultPath))
        {
            builder.Add(new YamlConfigurationSource(DefaultPath, "current directory"));
        }

        builder.Add(new EnvironmentConfigurationSource(environment));
        builder.Add(new CommandLineSource(commandLine));
    }

    private static IServiceCollection AddConfigurationCheck(this IServiceCollection services)
    {
        services.TryAddSingleton<CheckedConfiguration>();
        services.TryAddSingleton(static provider => new EffectiveConfiguration(
            provider.GetRequiredService<IConfiguration>(), provider.GetServices<OptionsRegistration>(),
            provider.GetRequiredService<CheckedConfiguration>()));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, ConfigurationCheck>());
        return services;
    }
}

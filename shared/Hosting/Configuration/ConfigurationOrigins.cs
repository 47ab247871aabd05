using Microsoft.Extensions.Configuration;

namespace Realtime.Hosting.Configuration;

/// <summary>Where the values of a configuration come from.</summary>
internal sealed class ConfigurationOrigins(IConfiguration configuration)
{
    private readonly IConfigurationOrigin[] _origins =
        [.. ((configuration as IConfigurationRoot)?.Providers ?? []).OfType<IConfigurationOrigin>()];

    /// <summary>What made sources unreadable.</summary>
    public IEnumerable<ConfigurationError> Errors => _origins.SelectMany(origin => origin.Errors);

    /// <summary>Every key that our own sources give.</summary>
    public IEnumerable<string> Keys => _origins.SelectMany(origin => origin.Keys);

    /// <summary>
    /// Where the value of a key that counts (of the last source that has it) stands; null if in none of ours.
    /// </summary>
    public string? Find(string key) =>
        _origins.LastOrDefault(origin => origin.Keys.Contains(key, StringComparer.OrdinalIgnoreCase))?.Describe(key);
}

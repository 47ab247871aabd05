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
    /// <remarks>A section that a source gives only by the keys in it stands where the first of these stands.</remarks>
    public string? Find(string key) =>
        _origins.Reverse().Select(origin => FindIn(origin, key)).FirstOrDefault(place => place is not null);

    /// <summary>What the source is whose value of a key counts; null if none of ours has it.</summary>
    public string? KindOf(string key) => _origins.LastOrDefault(origin => KeyIn(origin, key) is not null)?.Kind;

    private static string? FindIn(IConfigurationOrigin origin, string key) =>
        KeyIn(origin, key) is { } found ? origin.Describe(found) : null;

    private static string? KeyIn(IConfigurationOrigin origin, string key) =>
        origin.Keys.FirstOrDefault(one => one.Equals(key, StringComparison.OrdinalIgnoreCase))
            ?? origin.Keys.Where(one => one.StartsWith(key + ":", StringComparison.OrdinalIgnoreCase)).Min();
}

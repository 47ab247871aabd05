using System.Collections.Immutable;
using Microsoft.Extensions.Configuration;

namespace Realtime.Hosting.Configuration;

/// <summary>
/// Every key that some process knows, as a tree. One file serves all processes, so a process knows the keys of the
/// others too: the list <c>configuration-keys.txt</c> is checked in, and a test compares it with the options records of
/// all planes.
/// </summary>
internal sealed class ConfigurationSchema
{
    /// <summary>The sections that are ours.</summary>
    public static readonly ImmutableArray<string> TopSections =
        ["connection_plane", "event_plane", "orchestration_plane", "telemetry"];

    private readonly ConfigurationNode _root = new();

    /// <summary>The keys of some records and of the checked-in list.</summary>
    public ConfigurationSchema(IEnumerable<Type> types)
    {
        foreach (string key in TopSections.Concat(KnownKeys.Read().Select(line => line.Key)))
        {
            _root.Add(key.Split(':'));
        }

        foreach (string key in types.SelectMany(type => KnownKeys.Of(type)).Select(line => line.Key))
        {
            _root.Add(key.Split(':'));
        }
    }

    /// <summary>Finds keys that nobody knows, and values where keys belong or the other way about.</summary>
    public IEnumerable<ConfigurationError> Check(IConfiguration configuration)
    {
        var origins = new ConfigurationOrigins(configuration);
        foreach (string key in origins.Keys.Select(key => key.Split(':')[0]).Distinct(StringComparer.OrdinalIgnoreCase))
        {
            if (_root.Find(key) is null)
            {
                yield return Unknown(key, _root, configuration.GetSection(key), origins);
            }
        }

        foreach (string key in TopSections)
        {
            foreach (ConfigurationError error in Check(configuration.GetSection(key), key, _root.Find(key)!, origins))
            {
                yield return error;
            }
        }
    }

    private IEnumerable<ConfigurationError> Check(
        IConfigurationSection section, string path, ConfigurationNode node, ConfigurationOrigins origins)
    {
        if (section.Value is { Length: > 0 } text && !node.MayBeValue)
        {
            yield return new ConfigurationError(
                path, SecretKeys.Show(path, text), "is a section, not a value", "the keys in it are " + node.List,
                origins.Find(path));
        }

        foreach (IConfigurationSection child in section.GetChildren())
        {
            string childPath = $"{path}:{child.Key.ToLowerInvariant()}";
            if (node.Find(child.Key) is ConfigurationNode known)
            {
                foreach (ConfigurationError error in Check(child, childPath, known, origins))
                {
                    yield return error;
                }
            }
            else if (node.IsLeaf)
            {
                yield return new ConfigurationError(
                    path, Value: null, "is one value, not a section or list", "write its value behind the colon",
                    origins.Find(path));
                yield break;
            }
            else if (node.IsList)
            {
                yield return new ConfigurationError(
                    path, Value: null, "is a list, not a section",
                    "write each element on a line that begins with a dash", origins.Find(path));
                yield break;
            }
            else
            {
                yield return Unknown(childPath, node, child, origins);
            }
        }
    }

    private ConfigurationError Unknown(
        string path, ConfigurationNode parent, IConfigurationSection section, ConfigurationOrigins origins)
    {
        string name = path[(path.LastIndexOf(':') + 1)..];
        string? nearest = parent.FindNearest(name) ?? _root.FindNearestPath(name);
        string cure = nearest is null ? "the keys there are " + parent.List : $"did you mean {nearest}?";
        string? value = section.Value is string text ? SecretKeys.ShowUnknown(path, text) : null;
        return new ConfigurationError(path, value, "is not a known key", cure, origins.Find(path));
    }
}

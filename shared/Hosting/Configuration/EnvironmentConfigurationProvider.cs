using System.Collections;
using Microsoft.Extensions.Configuration;

namespace Realtime.Hosting.Configuration;

/// <summary>
/// Environment variables <c>REALTIME__CONNECTION_PLANE__SESSION_TTL_SECONDS</c>. The framework's own provider does the
/// same, but cannot tell an operator which variable a bad value came from.
/// </summary>
internal sealed class EnvironmentConfigurationProvider(IDictionary variables)
    : ConfigurationProvider, IConfigurationOrigin
{
    public const string Prefix = "REALTIME__";

    private readonly List<string> _keys = [];

    public string Kind => "environment";

    public IReadOnlyList<ConfigurationError> Errors => [];

    // Not the keys of Data: who sets a key of a ConfigurationManager, as UseUrls does, sets it in every provider.
    public IEnumerable<string> Keys => _keys;

    /// <summary>The variable that overrides a key.</summary>
    public static string NameOf(string key) =>
        Prefix + key.ToUpperInvariant().Replace(":", "__", StringComparison.Ordinal);

    public string Describe(string key) => $"environment variable {NameOf(key)}";

    public override void Load()
    {
        foreach (DictionaryEntry variable in variables)
        {
            string name = (string)variable.Key;
            if (name.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase) && name.Length > Prefix.Length)
            {
                string key = name[Prefix.Length..].Replace("__", ":", StringComparison.Ordinal).ToLowerInvariant();
                Data[key] = (string?)variable.Value;
                _keys.Add(key);
            }
        }
    }
}

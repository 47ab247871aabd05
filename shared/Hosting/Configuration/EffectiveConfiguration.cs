using System.Collections;
using System.Text.Json;
using Microsoft.Extensions.Configuration;

namespace Realtime.Hosting.Configuration;

/// <summary>
/// What a process runs with, for operators: every option that it uses, as bound, with where it came from. Secrets never
/// leave it: of them it says that they are set.
/// </summary>
public sealed class EffectiveConfiguration
{
    /// <summary>What stands in place of a secret.</summary>
    public const string SecretIsSet = "(set)";

    private const string Default = "default";

    private readonly ConfigurationOrigins _origins;
    private readonly OptionsRegistration[] _registrations;
    private readonly CheckedConfiguration _checked;

    internal EffectiveConfiguration(
        IConfiguration configuration, IEnumerable<OptionsRegistration> registrations, CheckedConfiguration whole)
    {
        _origins = new ConfigurationOrigins(configuration);
        _registrations = [.. registrations];
        _checked = whole;
    }

    /// <summary>All values, by key.</summary>
    /// <exception cref="ConfigurationErrorException">The configuration is wrong: nothing runs with it.</exception>
    public IReadOnlyList<EffectiveValue> Read() =>
    [
        .. _registrations
            .SelectMany(one => Read(_checked.Get(one.Type), one.Type, OptionProperty.SectionOf(one.Type)))
            .DistinctBy(static value => value.Key)
            .OrderBy(static value => value.Key, StringComparer.Ordinal),
    ];

    /// <summary>Writes <c>"values":[{"key":…,"value":…,"source":…}]</c> into an object.</summary>
    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartArray("values");
        foreach (EffectiveValue value in Read())
        {
            json.WriteStartObject();
            json.WriteString("key", value.Key);
            json.WriteString("value", value.Value);
            json.WriteString("source", value.Source);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private IEnumerable<EffectiveValue> Read(object options, Type type, string path) =>
        OptionProperty.Of(type).SelectMany(property =>
            Read(property, property.Property.GetValue(options), $"{path}:{property.Key}"));

    private IEnumerable<EffectiveValue> Read(OptionProperty property, object? value, string path) =>
        (property.Kind, value) switch
        {
            (OptionKind.Section, { } section) => Read(section, property.ValueType, path),
            (OptionKind.SectionList, IEnumerable sections) => Elements(sections).SelectMany(
                (section, index) => Read(section, property.ValueType, $"{path}:{index}")),
            (OptionKind.ValueList, IEnumerable values) =>
                [Show(path, [.. Elements(values).Select(one => ValueText.Write(one, property.IsBytes))])],
            (_, { } single) => [Show(path, [ValueText.Write(single, property.IsBytes)])],
            _ => [Show(path, [])],
        };

    private EffectiveValue Show(string path, string[] texts)
    {
        string? shown = texts.Length == 0 ? null
            : texts.Any(text => SecretKeys.IsSecret(path, text)) ? SecretIsSet
            : string.Join(',', texts);
        return new EffectiveValue(path, shown, _origins.KindOf(path) ?? Default);
    }

    // A default of an immutable array has nothing to enumerate.
    private static IEnumerable<object> Elements(IEnumerable values)
    {
        try
        {
            return [.. values.Cast<object>()];
        }
        catch (InvalidOperationException)
        {
            return [];
        }
    }
}

namespace Realtime.Hosting.Configuration;

/// <summary>Keys as the options records say them, and as the checked-in list of all processes does.</summary>
internal static class KnownKeys
{
    private const string Resource = "configuration-keys.txt";

    /// <summary>The checked-in list.</summary>
    public static IEnumerable<KnownKey> Read()
    {
        using Stream stream = typeof(KnownKeys).Assembly.GetManifestResourceStream(Resource)
            ?? throw new InvalidOperationException($"{Resource} is not embedded.");
        using var reader = new StreamReader(stream);
        while (reader.ReadLine() is string line)
        {
            if (line.Split('|', StringSplitOptions.TrimEntries) is [{ Length: > 0 } key, string rule, string standard]
                && !key.StartsWith('#'))
            {
                yield return new KnownKey(key, rule, standard);
            }
        }
    }

    /// <summary>The keys of an options record.</summary>
    public static IEnumerable<KnownKey> Of(Type type) => Of(type, OptionProperty.SectionOf(type));

    private static IEnumerable<KnownKey> Of(Type type, string path)
    {
        object options = Activator.CreateInstance(type)!;
        return OptionProperty.Of(type).SelectMany(property => Of(options, property, $"{path}:{property.Key}"));
    }

    private static IEnumerable<KnownKey> Of(object options, OptionProperty property, string path) =>
        property.Kind switch
        {
            OptionKind.Section => Of(property.ValueType, path),
            OptionKind.SectionList => Of(property.ValueType, path + ":*"),
            OptionKind.ValueList => [new KnownKey(path + ":*", property.Rule, "")],
            _ => [new KnownKey(path, property.Rule, DefaultOf(options, property))],
        };

    // The name of a process comes from the machine: it is no default for a list that is the same everywhere.
    private static string DefaultOf(object options, OptionProperty property) =>
        property.Key != "id" && property.Property.GetValue(options) is object value
            ? ValueText.Write(value, property.IsBytes)
            : "";
}

using System.Collections.Immutable;
using System.ComponentModel.DataAnnotations;
using System.Reflection;
using System.Text.Json;
using Microsoft.Extensions.Configuration;

namespace Realtime.Hosting.Configuration;

/// <summary>One property of an options record, as the configuration sees it.</summary>
internal sealed class OptionProperty
{
    private OptionProperty(PropertyInfo property)
    {
        Property = property;
        Key = property.GetCustomAttribute<ConfigurationKeyNameAttribute>()?.Name
            ?? JsonNamingPolicy.SnakeCaseLower.ConvertName(property.Name);
        Type? element = ElementTypeOf(property.PropertyType);
        ValueType = element ?? Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
        bool isValue = ValueText.IsReadable(ValueType);
        Kind = (element is null, isValue) switch
        {
            (true, true) => OptionKind.Value,
            (false, true) => OptionKind.ValueList,
            (true, false) => OptionKind.Section,
            (false, false) => OptionKind.SectionList,
        };
        Validations = [.. property.GetCustomAttributes<ValidationAttribute>()];
        Rule = isValue ? ValueText.RuleOf(ValueType, IsBytes, Validations) : "";
    }

    /// <summary>The property.</summary>
    public PropertyInfo Property { get; }

    /// <summary>Its key within the section.</summary>
    public string Key { get; }

    /// <summary>What stands under the key.</summary>
    public OptionKind Kind { get; }

    /// <summary>Type of the value, of a list's element, or of the section.</summary>
    public Type ValueType { get; }

    /// <summary>What a value of it must be, in words, its range included.</summary>
    public string Rule { get; }

    /// <summary>Its attributes of validation.</summary>
    public ImmutableArray<ValidationAttribute> Validations { get; }

    /// <summary>Whether it counts bytes, by its name, and so may be written as <c>64KiB</c>.</summary>
    public bool IsBytes => Key.Split('_').Contains("bytes");

    /// <summary>The properties of a record that the configuration sets.</summary>
    public static IEnumerable<OptionProperty> Of(Type type) =>
        type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(property => property.SetMethod is { IsPublic: true } && property.GetIndexParameters().Length == 0)
            .Select(property => new OptionProperty(property));

    /// <summary>The section of an options record: its <c>const string Section</c>.</summary>
    /// <exception cref="InvalidOperationException">It has none, or one outside the known top sections.</exception>
    public static string SectionOf(Type type)
    {
        FieldInfo? field = type.GetField("Section", BindingFlags.Public | BindingFlags.Static);
        string? section = field is { IsLiteral: true } ? field.GetRawConstantValue() as string : null;
        return section is not null && ConfigurationSchema.TopSections.Contains(section.Split(':')[0])
            ? section
            : throw new InvalidOperationException(
                $"{type} needs `public const string Section`, beginning with one of "
                + $"{string.Join(", ", ConfigurationSchema.TopSections)}.");
    }

    private static Type? ElementTypeOf(Type type)
    {
        if (type.IsArray)
        {
            return type.GetElementType();
        }

        return type.IsGenericType
            && (type.GetGenericTypeDefinition() == typeof(ImmutableArray<>)
                || type.GetGenericTypeDefinition() == typeof(IReadOnlyList<>))
            ? type.GetGenericArguments()[0]
            : null;
    }
}

using System.Collections.Immutable;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace Realtime.Hosting.Configuration;

/// <summary>
/// Binds options records and collects every error on the way. The framework's binder stops at its first error, reads
/// durations in another form, and appends to the defaults of lists.
/// </summary>
internal sealed class OptionsBinder(IConfiguration configuration)
{
    private const StringSplitOptions Separation =
        StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries;

    private readonly ConfigurationOrigins _origins = new(configuration);
    private readonly List<ConfigurationError> _errors = [];

    // What rules of one record may ask of another.
    private readonly Dictionary<object, object?> _whole = new()
    {
        [DevelopmentMode.Key] = configuration[DevelopmentMode.Key] is string text
            && bool.TryParse(text, out bool isOn) && isOn,
    };

    /// <summary>What was wrong so far.</summary>
    public IReadOnlyList<ConfigurationError> Errors => _errors;

    /// <summary>Binds a record from its section; a bad value reads as its default.</summary>
    public object Bind(Type type) => Bind(type, OptionProperty.SectionOf(type));

    private object Bind(Type type, string path)
    {
        object options = Activator.CreateInstance(type)!;
        int errorsBefore = _errors.Count;
        foreach (OptionProperty property in OptionProperty.Of(type))
        {
            BindProperty(options, property, $"{path}:{property.Key}");
        }

        // What values say together is judged only if each is right: else defaults in their place would be judged.
        if (options is IValidatableObject whole && _errors.Count == errorsBefore)
        {
            foreach (ValidationResult result in whole.Validate(new ValidationContext(options, _whole)))
            {
                AddResult(type, options, path, result);
            }
        }

        return options;
    }

    private void BindProperty(object options, OptionProperty property, string path)
    {
        object? value = property.Kind switch
        {
            OptionKind.Value => configuration[path] is string text ? ReadValue(property, path, text) : null,
            OptionKind.Section => Bind(property.ValueType, path),
            _ => BindList(property, path),
        };
        if (value is not null)
        {
            property.Property.SetValue(options, value);
        }

        Validate(options, property, path);
    }

    private object? ReadValue(OptionProperty property, string path, string text)
    {
        object? value = ValueText.Read(text, property.ValueType, property.IsBytes);
        if (value is null)
        {
            AddBroken(property, path, text);
        }

        return value;
    }

    private object? BindList(OptionProperty property, string path)
    {
        var elements = new List<object>();
        if (property.Kind == OptionKind.ValueList && configuration[path] is string line)
        {
            // An environment variable or an argument gives a whole list in one line.
            foreach (string text in line.Split(',', Separation))
            {
                Add(ReadValue(property, path, text));
            }
        }
        else
        {
            foreach (IConfigurationSection child in configuration.GetSection(path).GetChildren().Where(IsElement))
            {
                string childPath = $"{path}:{child.Key}";
                Add(property.Kind == OptionKind.SectionList
                    ? Bind(property.ValueType, childPath)
                    : child.Value is string text ? ReadValue(property, childPath, text) : null);
            }
        }

        return elements.Count == 0 ? null : ToList(property.Property.PropertyType, property.ValueType, elements);

        void Add(object? element)
        {
            if (element is not null)
            {
                elements.Add(element);
            }
        }
    }

    private static bool IsElement(IConfigurationSection child) =>
        int.TryParse(child.Key, NumberStyles.None, CultureInfo.InvariantCulture, out _);

    private static object ToList(Type listType, Type elementType, List<object> elements)
    {
        var array = Array.CreateInstance(elementType, elements.Count);
        ((System.Collections.ICollection)elements).CopyTo(array, 0);
        return listType.IsGenericType && listType.GetGenericTypeDefinition() == typeof(ImmutableArray<>)
            ? typeof(ImmutableArray).GetMethods()
                .Single(method => method.Name == nameof(ImmutableArray.Create)
                    && method.GetParameters() is [{ ParameterType.IsArray: true }])
                .MakeGenericMethod(elementType).Invoke(null, [array])!
            : array;
    }

    private void Validate(object options, OptionProperty property, string path)
    {
        if (_errors.Any(error => error.Key == path))
        {
            return;
        }

        object? value = property.Property.GetValue(options);
        foreach (ValidationAttribute validation in property.Validations)
        {
            if (validation.IsValid(value))
            {
                continue;
            }

            switch (validation)
            {
                case RequiredAttribute:
                    string variable = EnvironmentConfigurationProvider.NameOf(path);
                    Add(path, configuration[path], "is required", $"set it in realtime.yaml or by {variable}");
                    break;
                case MaxLengthAttribute length when property.Kind != OptionKind.Value:
                    Add(path, text: null, $"must have at most {length.Length} elements", "remove some");
                    break;
                case RangeAttribute or DurationRangeAttribute or StringLengthAttribute or AllowedValuesAttribute:
                    AddBroken(property, path, configuration[path] ?? "");
                    break;
                default:
                    string rule = validation.FormatErrorMessage(property.Key).TrimEnd('.');
                    Add(path, configuration[path], rule, "correct it");
                    break;
            }
        }
    }

    private void AddBroken(OptionProperty property, string path, string text)
    {
        object? standard = property.Kind == OptionKind.Value
            ? property.Property.GetValue(Activator.CreateInstance(property.Property.ReflectedType!))
            : null;
        string cure = standard is null
            ? "correct or remove it"
            : $"write for example {property.Key}: {ValueText.Write(standard, property.IsBytes)}, the default";
        Add(path, text, $"must be {property.Rule}", cure);
    }

    private void AddResult(Type type, object options, string path, ValidationResult result)
    {
        string[] words = (result.ErrorMessage ?? "is wrong").Split("; ", 2);
        OptionProperty? property = OptionProperty.Of(type)
            .FirstOrDefault(candidate => result.MemberNames.Contains(candidate.Property.Name));
        string key = property is null ? path : $"{path}:{property.Key}";
        string? text = configuration[key]
            ?? (property is { Kind: OptionKind.Value } && property.Property.GetValue(options) is object value
                ? ValueText.Write(value, property.IsBytes)
                : null);
        Add(key, text, words[0], words.Length > 1 ? words[1] : "correct it");
    }

    private void Add(string path, string? text, string rule, string cure) =>
        _errors.Add(new ConfigurationError(
            path, text is null ? null : SecretKeys.Show(path, text), rule, cure,
            _origins.Find(path) ?? (text is null ? null : "default")));
}

using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Text.Json;

namespace Realtime.Hosting.Configuration;

/// <summary>Values of options as text: read strictly, described, written.</summary>
internal static class ValueText
{
    private const NumberStyles DecimalStyle = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint;

    /// <summary>Whether values of a type are read from text (else it is a section).</summary>
    public static bool IsReadable(Type type) =>
        type.IsEnum || type == typeof(string) || type == typeof(int) || type == typeof(long) || type == typeof(double)
        || type == typeof(bool) || type == typeof(TimeSpan) || type == typeof(Uri);

    /// <summary>Reads a value; null if the text is none of the type.</summary>
    public static object? Read(string text, Type type, bool isBytes)
    {
        if (type.IsEnum)
        {
            return Enum.GetValues(type).Cast<object>().FirstOrDefault(member => NameOf(member) == text);
        }

        return Type.GetTypeCode(type) switch
        {
            TypeCode.String => text,
            TypeCode.Boolean => text.ToUpperInvariant() switch { "TRUE" => true, "FALSE" => false, _ => null },
            TypeCode.Int32 => ReadWhole(text, isBytes) is long number and >= int.MinValue and <= int.MaxValue
                ? (int)number
                : null,
            TypeCode.Int64 => ReadWhole(text, isBytes),
            TypeCode.Double => ReadNumber(text),
            _ when type == typeof(TimeSpan) => DurationText.TryParse(text, out TimeSpan duration) ? duration : null,
            _ => Uri.TryCreate(text, UriKind.Absolute, out Uri? address) ? address : null,
        };
    }

    /// <summary>Writes a value as it would stand in the file.</summary>
    public static string Write(object value, bool isBytes) => value switch
    {
        TimeSpan duration => DurationText.Format(duration),
        bool flag => flag ? "true" : "false",
        int or long when isBytes => SizeText.Format(Convert.ToInt64(value, CultureInfo.InvariantCulture)),
        Enum member => NameOf(member),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
    };

    /// <summary>The rule for values of a type, with the range of its attributes.</summary>
    public static string RuleOf(Type type, bool isBytes, IEnumerable<ValidationAttribute> validations)
    {
        string range = string.Concat(validations.Select(validation => validation switch
        {
            RangeAttribute numbers => $" from {Bound(numbers.Minimum, isBytes)} to {Bound(numbers.Maximum, isBytes)}",
            DurationRangeAttribute durations =>
                $" from {DurationText.Format(durations.Minimum)} to {DurationText.Format(durations.Maximum)}",
            StringLengthAttribute length => string.Create(
                CultureInfo.InvariantCulture, $" of {length.MinimumLength} to {length.MaximumLength} characters"),
            _ => "",
        }));
        if (validations.OfType<AllowedValuesAttribute>().FirstOrDefault() is { } allowed)
        {
            return "one of " + string.Join(", ", allowed.Values);
        }

        return type switch
        {
            { IsEnum: true } => "one of " + string.Join(", ", Enum.GetValues(type).Cast<object>().Select(NameOf)),
            _ when type == typeof(string) => "text" + range,
            _ when type == typeof(bool) => "true or false",
            _ when type == typeof(double) => "a number" + range,
            _ when type == typeof(TimeSpan) => $"a duration{range}, such as 500ms, 10s, 2m or 1h",
            _ when type == typeof(Uri) => "an absolute address, such as http://127.0.0.1:8080",
            _ when isBytes => $"a number of bytes{range}, such as 65536, 64KiB or 16MiB",
            _ => "a whole number" + range,
        };
    }

    private static string NameOf(object member) => JsonNamingPolicy.SnakeCaseLower.ConvertName(member.ToString()!);

    // [Range(typeof(TimeSpan), …)] has its bounds as text; [Range] with a bound beyond int has both as double.
    private static string Bound(object bound, bool isBytes) => bound switch
    {
        string text when TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out TimeSpan duration) =>
            DurationText.Format(duration),
        double number when double.IsInteger(number) => Write((long)number, isBytes),
        _ => Write(bound, isBytes),
    };

    private static long? ReadWhole(string text, bool isBytes)
    {
        if (isBytes && SizeText.TryParse(text, out long bytes))
        {
            return bytes;
        }

        return long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number)
            ? number
            : null;
    }

    private static double? ReadNumber(string text) =>
        double.TryParse(text, DecimalStyle, CultureInfo.InvariantCulture, out double number) && double.IsFinite(number)
            ? number
            : null;
}

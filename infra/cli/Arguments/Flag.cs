using System.CommandLine;
using System.CommandLine.Parsing;

namespace Realtime.Cli.Arguments;

/// <summary>Options whose texts have a form of their own: wrong ones are errors that tell the rule.</summary>
internal static class Flag
{
    /// <summary>Reads a text; false if it has not the form.</summary>
    public delegate bool Reader<T>(string text, out T value);

    /// <summary>An option that is read in a way of its own; absent = the type's default.</summary>
    public static Option<T> Of<T>(string name, string helpName, string description, string rule, Reader<T> read) =>
        new(name)
        {
            Description = description,
            HelpName = helpName,
            CustomParser = result => Read(result, name, rule, read),
        };

    /// <summary>A duration; see <see cref="ValueOr"/>.</summary>
    public static Option<TimeSpan> OfDuration(string name, string description, TimeSpan fallback) => Of<TimeSpan>(
        name, "DURATION", $"{description} Default: {DurationText.Format(fallback)}.", DurationText.Rule,
        DurationText.TryParse);

    /// <summary>
    /// What was given, or the default, which the description tells: the help's own way would write it as .NET does.
    /// </summary>
    public static T ValueOr<T>(ParseResult parsed, Option<T> option, T fallback) =>
        parsed.GetResult(option) is { Implicit: false } ? parsed.GetValue(option)! : fallback;

    /// <summary>A list of names or patterns: given several times, or separated by commas.</summary>
    public static Option<string[]> OfList(string name, string helpName, string description) => new(name)
    {
        Description = description,
        HelpName = helpName,
        Arity = ArgumentArity.OneOrMore,
        AllowMultipleArgumentsPerToken = false,
        CustomParser = static result => [.. result.Tokens.SelectMany(token => token.Value.Split(
            ',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))],
    };

    private static T? Read<T>(ArgumentResult result, string name, string rule, Reader<T> read)
    {
        string text = result.Tokens.Count > 0 ? result.Tokens[^1].Value : string.Empty;
        if (read(text, out T value))
        {
            return value;
        }

        result.AddError($"{name} must be {rule}, but is '{text}'.");
        return default;
    }
}

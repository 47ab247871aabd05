using System.CommandLine.Parsing;
using System.Globalization;

namespace Realtime.Loadtests.Commands;

/// <summary>Ranges of numbers on the command line.</summary>
internal static class Ranges
{
    /// <summary>Adds an error that names option, rule and value.</summary>
    public static void Check(OptionResult result, int min, int max)
    {
        // A value that is no number has its own error already.
        if (result.Tokens is [{ Value: var text }]
            && int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int value)
            && (value < min || value > max))
        {
            result.AddError(string.Create(
                CultureInfo.InvariantCulture, $"{result.Option.Name} must be {min} to {max}, but is {value}."));
        }
    }
}

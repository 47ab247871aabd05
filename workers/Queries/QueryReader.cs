using System.Globalization;
using Microsoft.Extensions.Primitives;
using Realtime.Hosting.Problems;

namespace Realtime.Workers.Queries;

/// <summary>
/// Reads the query parameters of one request, and collects all that is wrong with them. Unknown parameters are skipped, as
/// unknown fields are.
/// </summary>
internal sealed class QueryReader(IQueryCollection query)
{
    private readonly List<ProblemError> _errors = [];

    /// <summary>All that was wrong so far.</summary>
    public IReadOnlyList<ProblemError> Errors => _errors;

    /// <summary>Adds something that is wrong with a parameter.</summary>
    public void Refuse(string name, string rule) => _errors.Add(new ProblemError($"query: {name}", rule));

    /// <summary>A parameter that may stand once; null if it is absent.</summary>
    public string? ReadText(string name)
    {
        StringValues values = query[name];
        if (values.Count > 1)
        {
            Refuse(name, "It stands more than once; give it once.");
            return null;
        }

        return values.Count == 0 ? null : values[0] ?? string.Empty;
    }

    /// <summary>A whole number; null if it is absent or wrong.</summary>
    public long? ReadNumber(string name, long min, long max)
    {
        if (ReadText(name) is not { } text)
        {
            return null;
        }

        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long number)
            && number >= min && number <= max)
        {
            return number;
        }

        Refuse(name, string.Create(CultureInfo.InvariantCulture, $"It must be a whole number from {min} to {max}."));
        return null;
    }

    /// <summary>A list: separated by commas, by repeating the parameter, or both; empty if it is absent or wrong.</summary>
    public IReadOnlyList<string> ReadList(string name, int itemsMax)
    {
        if (!query.TryGetValue(name, out StringValues values))
        {
            return [];
        }

        string[] items = [.. values.SelectMany(value => (value ?? string.Empty).Split(',', itemsMax + 1))];
        if (items.Length > itemsMax)
        {
            Refuse(name, string.Create(CultureInfo.InvariantCulture, $"It lists more than {itemsMax} items."));
            return [];
        }

        if (items.Contains(string.Empty))
        {
            Refuse(name, "It has an empty item. Leave the parameter out if anything will do.");
            return [];
        }

        return items;
    }
}

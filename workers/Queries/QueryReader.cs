using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Globalization;
using Microsoft.Extensions.Primitives;
using Realtime.Hosting.Configuration;
using Realtime.Hosting.Problems;
using Realtime.Protocol;
using Realtime.Protocol.Messages;
using Realtime.Protocol.Subscriptions;

namespace Realtime.Workers.Queries;

/// <summary>
/// Reads the query parameters of one request, and collects all that is wrong with them. One that nobody asked for is
/// wrong too: a filter with a slip in its name would otherwise answer with everything.
/// </summary>
internal sealed class QueryReader(IQueryCollection query)
{
    private static readonly ClientMessageLimits Limits = new();

    // Names of parameters come from strangers: enough of each to find it.
    private const int UnknownMax = 8;
    private const int NameCharactersMax = 64;

    private readonly List<ProblemError> _errors = [];
    private readonly HashSet<string> _known = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>All that is wrong; to be asked for when all parameters have been read.</summary>
    public IReadOnlyList<ProblemError> Errors => [.. _errors, .. Unknown()];

    /// <summary>Whether a parameter stands there, right or wrong.</summary>
    public bool Has(string name) => TryGet(name, out _);

    /// <summary>Adds something that is wrong with a parameter.</summary>
    public void Refuse(string name, string rule) => RefuseAt($"query: {name}", rule);

    /// <summary>Adds something that is wrong elsewhere in the address.</summary>
    public void RefuseAt(string where, string rule) => _errors.Add(new ProblemError(where, rule));

    /// <summary>A parameter that may stand once; null if it is absent.</summary>
    public string? ReadText(string name)
    {
        TryGet(name, out StringValues values);
        if (values.Count > 1)
        {
            Refuse(name, "given more than once; give it once");
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

        Refuse(name, string.Create(CultureInfo.InvariantCulture, $"must be a whole number from {min} to {max}"));
        return null;
    }

    /// <summary>A duration; null if it is absent or wrong.</summary>
    public TimeSpan? ReadDuration(string name, TimeSpan min, TimeSpan max)
    {
        if (ReadText(name) is not { } text)
        {
            return null;
        }

        if (DurationText.TryParse(text, out TimeSpan duration) && duration >= min && duration <= max)
        {
            return duration;
        }

        Refuse(name, $"must be a duration from {DurationText.Format(min)} to {DurationText.Format(max)}, such as 15s");
        return null;
    }

    /// <summary>true or false; null if it is absent or wrong.</summary>
    public bool? ReadBoolean(string name)
    {
        string? text = ReadText(name);
        if (text is not (null or "true" or "false"))
        {
            Refuse(name, "must be true or false");
        }

        return text switch { "true" => true, "false" => false, _ => null };
    }

    /// <summary>A name; null if it is absent or wrong.</summary>
    public string? ReadName(string name)
    {
        string? text = ReadText(name);
        if (text is null || EntityName.IsValid(text))
        {
            return text;
        }

        Refuse(name, $"must be a name: {EntityName.Rule}");
        return null;
    }

    /// <summary>
    /// The filter: <c>channels</c>, <c>agents</c>, <c>tasks</c>, <c>projects</c>, <c>types</c>; repeating one adds to
    /// its list.
    /// </summary>
    public EventFilter ReadFilter()
    {
        var parameters = new EventFilterQuery(
            ReadList("channels"), ReadList("agents"), ReadList("tasks"), ReadList("projects"), ReadList("types"));
        if (!EventFilterReader.TryRead(parameters, Limits, out EventFilter filter, out var errors))
        {
            foreach (FieldError error in errors)
            {
                Refuse(error.Field, error.Detail);
            }
        }

        return filter;
    }

    /// <summary>A cursor, by partition; empty if it is absent or wrong.</summary>
    public IReadOnlyDictionary<int, EventPosition> ReadCursor(string name)
    {
        if (!CursorText.TryParse(ReadList(name), out ImmutableArray<EventPosition> cursor, out string? error))
        {
            Refuse(name, error!);
        }

        return cursor.ToFrozenDictionary(position => position.Partition);
    }

    private string? ReadList(string name) =>
        TryGet(name, out StringValues values) ? values.ToString() : null;

    private bool TryGet(string name, out StringValues values)
    {
        _known.Add(name);
        return query.TryGetValue(name, out values);
    }

    private IEnumerable<ProblemError> Unknown() => query.Keys
        .Where(name => !_known.Contains(name))
        .Take(UnknownMax)
        .Select(name => new ProblemError(
            $"query: {(name.Length <= NameCharactersMax ? name : name[..NameCharactersMax] + "…")}",
            Nearest.Of(name, _known.Order(StringComparer.Ordinal), static known => known) is { } meant
                ? $"is no parameter of this address; did you mean {meant}?"
                : "is no parameter of this address"));
}

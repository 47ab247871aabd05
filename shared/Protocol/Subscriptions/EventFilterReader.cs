using Realtime.Protocol.Messages;

namespace Realtime.Protocol.Subscriptions;

/// <summary>
/// Reads a filter from query parameters: comma-separated lists, as in <c>channels=agents,tasks&amp;agents=a*,b1</c>.
/// </summary>
public static class EventFilterReader
{
    /// <summary>
    /// Builds the filter; a parameter that is null was not given. All errors at once; false if there are any.
    /// </summary>
    /// <param name="query">The parameters.</param>
    /// <param name="limits">Limits; those on patterns count here.</param>
    /// <param name="filter">The filter; everything if nothing was given.</param>
    /// <param name="errors">What is wrong, by parameter.</param>
    public static bool TryRead(
        EventFilterQuery query, ClientMessageLimits limits, out EventFilter filter,
        out IReadOnlyList<FieldError> errors)
    {
        var found = new FieldErrors();
        var builder = new EventFilterBuilder(limits.PatternsPerFilter, found);
        Add(builder, FilterField.Channels, query.Channels);
        Add(builder, FilterField.Agents, query.Agents);
        Add(builder, FilterField.Tasks, query.Tasks);
        Add(builder, FilterField.Projects, query.Projects);
        Add(builder, FilterField.Types, query.Types);
        filter = builder.Build();
        errors = found.List;
        return !found.Any;
    }

    private static void Add(EventFilterBuilder builder, FilterField field, string? list)
    {
        if (list is null)
        {
            return;
        }

        if (list.Length == 0)
        {
            builder.RefuseEmpty(field);
            return;
        }

        int index = 0;
        foreach (Range item in list.AsSpan().Split(','))
        {
            // Longer than a name and its star is refused without making a text of it.
            ReadOnlySpan<char> text = list.AsSpan(item);
            if (!builder.Add(field, index++, text.Length > EntityName.LengthMax + 1 ? null : text.ToString()))
            {
                return;
            }
        }
    }
}

using System.Collections.Immutable;
using System.Globalization;
using Realtime.Protocol.Events;
using Realtime.Protocol.Messages;

namespace Realtime.Protocol.Subscriptions;

/// <summary>
/// Builds a filter from texts and notes what is wrong with them; of messages and query parameters alike.
/// </summary>
internal sealed class EventFilterBuilder
{
    private const string PatternRule = "a name, the beginning of a name followed by *, or *";

    // By FilterField, without the channels.
    private readonly List<NamePattern>[] _patterns = [[], [], [], []];
    private readonly int _patternsMax;
    private readonly FieldErrors _errors;
    private ChannelSet _channels;
    private bool _hasChannels;

    public EventFilterBuilder(int patternsMax, FieldErrors errors)
    {
        _patternsMax = patternsMax;
        _errors = errors;
    }

    public static string NameOf(FilterField field) => field switch
    {
        FilterField.Channels => "channels",
        FilterField.Agents => "agents",
        FilterField.Tasks => "tasks",
        FilterField.Projects => "projects",
        _ => "types",
    };

    /// <summary>
    /// Adds item <paramref name="index"/> (from 0) of a field's list; null stands for one that is no usable text.
    /// </summary>
    /// <returns>Whether more items of this list may be added.</returns>
    public bool Add(FilterField field, int index, string? text)
    {
        if (index >= _patternsMax)
        {
            Refuse(field, ErrorCodes.TooMany, $"at most {_patternsMax} items");
            return false;
        }

        if (field == FilterField.Channels)
        {
            AddChannel(index, text);
        }
        else if (text is not null && NamePattern.TryParse(text, out NamePattern pattern))
        {
            _patterns[(int)field].Add(pattern);
        }
        else
        {
            Refuse(field, ErrorCodes.BadRequest, $"item {index + 1} must be {PatternRule}");
        }

        return true;
    }

    /// <summary>
    /// Refuses a list without items: who computes a list and finds nothing does not mean "everything".
    /// </summary>
    public void RefuseEmpty(FilterField field) =>
        Refuse(field, ErrorCodes.BadRequest, "an empty list matches nothing; leave it out to ask for all");

    /// <summary>
    /// The filter of all that was added; its lists sorted and without doubles, so that equal wishes are equal.
    /// </summary>
    public EventFilter Build() => new()
    {
        Channels = _hasChannels ? _channels : ChannelSet.All,
        Agents = ListOf(FilterField.Agents),
        Tasks = ListOf(FilterField.Tasks),
        Projects = ListOf(FilterField.Projects),
        Types = ListOf(FilterField.Types),
    };

    private void AddChannel(int index, string? text)
    {
        _hasChannels = true;
        if (text == "*")
        {
            _channels = ChannelSet.All;
        }
        else if (ChannelNames.TryParse(text, out Channel channel))
        {
            _channels = _channels.With(channel);
        }
        else
        {
            Refuse(
                FilterField.Channels,
                ErrorCodes.BadRequest,
                $"item {index + 1} must be one of {ChannelNames.List}, or *");
        }
    }

    private void Refuse(FilterField field, string code, FormattableString detail) =>
        _errors.Add(NameOf(field), code, detail.ToString(CultureInfo.InvariantCulture));

    private void Refuse(FilterField field, string code, string detail) => _errors.Add(NameOf(field), code, detail);

    private ImmutableArray<NamePattern> ListOf(FilterField field) =>
    [
        .. _patterns[(int)field]
            .Distinct()
            .OrderBy(pattern => pattern.Text, StringComparer.Ordinal)
            .ThenBy(pattern => pattern.IsPrefix),
    ];
}

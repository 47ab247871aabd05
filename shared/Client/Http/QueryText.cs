using System.Globalization;
using System.Text;
using Realtime.Protocol;
using Realtime.Protocol.Events;

namespace Realtime.Client.Http;

/// <summary>Builds the query of an address.</summary>
internal sealed class QueryText
{
    private readonly StringBuilder _text = new();

    public QueryText Add(string name, string? value)
    {
        if (value is not null)
        {
            _text.Append(_text.Length == 0 ? '?' : '&').Append(name).Append('=').Append(Uri.EscapeDataString(value));
        }

        return this;
    }

    public QueryText Add(string name, long? value) => Add(name, value?.ToString(CultureInfo.InvariantCulture));

    public QueryText Add(string name, IReadOnlyList<EventPosition>? cursor) =>
        Add(name, cursor is { Count: > 0 } ? string.Join(',', cursor) : null);

    public QueryText Add(EventQuery query) =>
        Add("channels", query.Channels?.Select(ChannelNames.NameOf))
            .Add("agents", query.Agents).Add("tasks", query.Tasks)
            .Add("projects", query.Projects).Add("types", query.Types);

    public override string ToString() => _text.ToString();

    private QueryText Add(string name, IEnumerable<string>? items) =>
        Add(name, items is null ? null : string.Join(',', items));
}

using System.Collections.Immutable;
using Realtime.Protocol;
using Realtime.Protocol.Events;
using Realtime.Protocol.Subscriptions;

namespace Realtime.Workers.Queries;

/// <summary>The filter of a request: <c>channels</c>, <c>agents</c>, <c>tasks</c>, <c>projects</c>, <c>types</c>.</summary>
internal static class FilterQuery
{
    /// <summary>Items in one list.</summary>
    public const int ItemsMax = 64;

    private const string PatternRule = "Each item must be a name, the beginning of a name followed by *, or *. A name is "
        + EntityName.Rule + ".";

    public static EventFilter Read(QueryReader query) => new()
    {
        Channels = ReadChannels(query),
        Agents = ReadPatterns(query, "agents"),
        Tasks = ReadPatterns(query, "tasks"),
        Projects = ReadPatterns(query, "projects"),
        Types = ReadPatterns(query, "types"),
    };

    private static ChannelSet ReadChannels(QueryReader query)
    {
        IReadOnlyList<string> names = query.ReadList("channels", ItemsMax);
        ChannelSet channels = default;
        foreach (string name in names)
        {
            if (name == "*")
            {
                channels = ChannelSet.All;
            }
            else if (ChannelNames.TryParse(name, out Channel channel))
            {
                channels = channels.With(channel);
            }
            else
            {
                query.Refuse("channels", $"Each item must be * or one of {ChannelNames.List}.");
                break;
            }
        }

        return channels.IsEmpty ? ChannelSet.All : channels;
    }

    private static ImmutableArray<NamePattern> ReadPatterns(QueryReader query, string name)
    {
        IReadOnlyList<string> texts = query.ReadList(name, ItemsMax);
        ImmutableArray<NamePattern>.Builder patterns = ImmutableArray.CreateBuilder<NamePattern>(texts.Count);
        foreach (string text in texts)
        {
            if (!NamePattern.TryParse(text, out NamePattern pattern))
            {
                query.Refuse(name, PatternRule);
                break;
            }

            patterns.Add(pattern);
        }

        return patterns.DrainToImmutable();
    }
}

using System.Collections.Immutable;
using Realtime.Protocol.Subscriptions;

namespace Realtime.Client.Subscriptions;

/// <summary>
/// The filter of a subscription as the server sees it: with several on one connection, the client decides by the same
/// rules which live event belongs to which.
/// </summary>
internal static class LocalFilter
{
    /// <summary>The filter; null if a pattern is none: what is wrong with it the server will say.</summary>
    public static EventFilter? Of(EventSubscriptionOptions wanted)
    {
        ChannelSet channels = wanted.Channels is null
            ? ChannelSet.All
            : wanted.Channels.Aggregate(default(ChannelSet), static (set, channel) => set.With(channel));
        return TryParse(wanted.Agents, out ImmutableArray<NamePattern> agents)
            && TryParse(wanted.Tasks, out ImmutableArray<NamePattern> tasks)
            && TryParse(wanted.Projects, out ImmutableArray<NamePattern> projects)
            && TryParse(wanted.Types, out ImmutableArray<NamePattern> types)
            ? new EventFilter
            {
                Channels = channels,
                Agents = agents,
                Tasks = tasks,
                Projects = projects,
                Types = types,
            }
            : null;
    }

    private static bool TryParse(IReadOnlyList<string>? texts, out ImmutableArray<NamePattern> patterns)
    {
        var builder = ImmutableArray.CreateBuilder<NamePattern>();
        foreach (string text in texts ?? [])
        {
            if (text is null || !NamePattern.TryParse(text, out NamePattern pattern))
            {
                patterns = [];
                return false;
            }

            builder.Add(pattern);
        }

        patterns = builder.DrainToImmutable();
        return true;
    }
}

using System.Collections.Immutable;
using System.Globalization;
using Realtime.Protocol.Events;
using Realtime.Protocol.Subscriptions;

namespace Realtime.Tests.EndToEnd;

/// <summary>Makes filters of every kind: lists, prefixes, `*`, several at once, and none at all.</summary>
internal sealed class RandomFilters(Random random)
{
    public EventFilter Next()
    {
        // Few want everything: a test should see many different filters rather than many events.
        return random.Next(16) == 0
            ? EventFilter.All
            : new EventFilter
            {
                Channels = NextChannels(),
                Agents = NextList(1, () => random.Next(6) == 0 ? "agent-1*" : Name("agent", 20)),
                Tasks = NextList(4, () => random.Next(3) == 0 ? "*" : Name("task", 10)),
                Projects = NextList(6, () => random.Next(3) == 0 ? "project-*" : Name("project", 3)),
                Types = NextList(5, () => random.Next(2) == 0 ? "agent.status" : "agent.p*"),
            };
    }

    private ChannelSet NextChannels()
    {
        if (random.Next(2) == 0)
        {
            return ChannelSet.All;
        }

        var channels = default(ChannelSet);
        for (int i = random.Next(1, 5); i > 0; i--)
        {
            channels = channels.With((Channel)random.Next(1, 8));
        }

        return channels;
    }

    // One in `oneIn` has such a list.
    private ImmutableArray<NamePattern> NextList(int oneIn, Func<string> next)
    {
        if (random.Next(oneIn) != 0)
        {
            return [];
        }

        var patterns = ImmutableArray.CreateBuilder<NamePattern>();
        for (int i = random.Next(1, 4); i > 0; i--)
        {
            Assert.True(NamePattern.TryParse(next(), out NamePattern pattern));
            patterns.Add(pattern);
        }

        return [.. patterns.Distinct()];
    }

    private string Name(string kind, int count) =>
        string.Create(CultureInfo.InvariantCulture, $"{kind}-{random.Next(count)}");
}

using System.Collections.Immutable;
using Realtime.Protocol.Events;

namespace Realtime.Protocol.Subscriptions;

/// <summary>
/// What a subscription wants: an event matches if its channel is in the set and, for each list that is not empty, one
/// of the list's patterns matches. Equal filters compare equal, so that viewers who want the same are matched once.
/// </summary>
public sealed record EventFilter
{
    /// <summary>Everything of the tenant.</summary>
    public static readonly EventFilter All = new();

    /// <summary>Channels wanted; all by default.</summary>
    public ChannelSet Channels { get; init; } = ChannelSet.All;

    /// <summary>Agents wanted; empty = any or none.</summary>
    public ImmutableArray<NamePattern> Agents { get; init; } = [];

    /// <summary>Tasks wanted; empty = any or none.</summary>
    public ImmutableArray<NamePattern> Tasks { get; init; } = [];

    /// <summary>Projects wanted; empty = any or none.</summary>
    public ImmutableArray<NamePattern> Projects { get; init; } = [];

    /// <summary>Types wanted; empty = any.</summary>
    public ImmutableArray<NamePattern> Types { get; init; } = [];

    /// <summary>Whether an event matches.</summary>
    public bool Matches(EventEnvelope envelope) =>
        Matches(envelope.Channel, envelope.Type, envelope.Agent, envelope.Task, envelope.Project);

    /// <summary>Whether an event of which just this is known matches.</summary>
    public bool Matches(Channel channel, string type, string? agent, string? task, string? project) =>
        Channels.Contains(channel)
        && MatchesAny(Agents, agent)
        && MatchesAny(Tasks, task)
        && MatchesAny(Projects, project)
        && MatchesAny(Types, type);

    /// <summary>The filter that matches just what both match; null if nothing can match both.</summary>
    public EventFilter? Intersect(EventFilter other)
    {
        ChannelSet channels = Channels.Intersect(other.Channels);
        return !channels.IsEmpty
            && TryIntersect(Agents, other.Agents, out ImmutableArray<NamePattern> agents)
            && TryIntersect(Tasks, other.Tasks, out ImmutableArray<NamePattern> tasks)
            && TryIntersect(Projects, other.Projects, out ImmutableArray<NamePattern> projects)
            && TryIntersect(Types, other.Types, out ImmutableArray<NamePattern> types)
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

    /// <inheritdoc/>
    public bool Equals(EventFilter? other) =>
        other is not null
        && Channels == other.Channels
        && Agents.AsSpan().SequenceEqual(other.Agents.AsSpan())
        && Tasks.AsSpan().SequenceEqual(other.Tasks.AsSpan())
        && Projects.AsSpan().SequenceEqual(other.Projects.AsSpan())
        && Types.AsSpan().SequenceEqual(other.Types.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = default(HashCode);
        hash.Add(Channels);
        foreach (ImmutableArray<NamePattern> list in (ReadOnlySpan<ImmutableArray<NamePattern>>)
            [Agents, Tasks, Projects, Types])
        {
            hash.Add(list.Length);
            foreach (NamePattern pattern in list)
            {
                hash.Add(pattern);
            }
        }

        return hash.ToHashCode();
    }

    private static bool MatchesAny(ImmutableArray<NamePattern> patterns, string? name)
    {
        if (patterns.IsEmpty)
        {
            return true;
        }

        foreach (NamePattern pattern in patterns)
        {
            if (pattern.Matches(name))
            {
                return true;
            }
        }

        return false;
    }

    private static bool TryIntersect(
        ImmutableArray<NamePattern> left, ImmutableArray<NamePattern> right, out ImmutableArray<NamePattern> both)
    {
        if (left.IsEmpty || right.IsEmpty)
        {
            both = left.IsEmpty ? right : left;
            return true;
        }

        var found = new HashSet<NamePattern>();
        foreach (NamePattern mine in left)
        {
            foreach (NamePattern theirs in right)
            {
                if (mine.TryIntersect(theirs, out NamePattern pattern))
                {
                    found.Add(pattern);
                }
            }
        }

        both = [.. found];
        return found.Count > 0;
    }
}

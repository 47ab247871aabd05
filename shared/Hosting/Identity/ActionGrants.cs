using System.Collections.Immutable;
using Realtime.Protocol.Events;
using Realtime.Protocol.Subscriptions;

namespace Realtime.Hosting.Identity;

/// <summary>The grants of one action, read or publish.</summary>
internal sealed class ActionGrants
{
    private const string Everything = "*";

    private readonly bool _everything;
    private readonly ImmutableArray<EventFilter> _events;
    private readonly ILookup<string, NamePattern> _patterns;

    private ActionGrants(
        bool everything, ImmutableArray<EventFilter> events, ILookup<string, NamePattern> patterns)
    {
        _everything = everything;
        _events = events;
        _patterns = patterns;
    }

    /// <summary>Whether a word of a scope is a grant of the action, such as <c>read:</c>.</summary>
    public static bool IsGrant(string action, string word) =>
        word == action + Everything || (TrySplit(action, word, out string kind, out _) && kind.Length > 0);

    /// <summary>Takes the grants of one action out of all.</summary>
    public static ActionGrants Read(string action, ImmutableArray<string> words)
    {
        ILookup<string, NamePattern> patterns = words
            .Select(word => (IsGrant: TrySplit(action, word, out string kind, out NamePattern pattern), kind, pattern))
            .Where(grant => grant.IsGrant)
            .ToLookup(grant => grant.kind, grant => grant.pattern);

        // Patterns of one kind are alternatives within one filter; kinds are alternatives among filters.
        var events = ImmutableArray.CreateBuilder<EventFilter>();
        AddIfAny("agents", list => new EventFilter { Agents = list });
        AddIfAny("tasks", list => new EventFilter { Tasks = list });
        AddIfAny("projects", list => new EventFilter { Projects = list });
        AddIfAny("channels", list => new EventFilter { Channels = ChannelsOf(list) });
        return new ActionGrants(words.Contains(action + Everything), events.ToImmutable(), patterns);

        void AddIfAny(string kind, Func<ImmutableArray<NamePattern>, EventFilter> filter)
        {
            if (patterns.Contains(kind))
            {
                events.Add(filter([.. patterns[kind]]));
            }
        }
    }

    /// <summary>What of a filter is granted, as alternatives.</summary>
    public ImmutableArray<EventFilter> Narrow(EventFilter wanted)
    {
        if (_everything)
        {
            return [wanted];
        }

        var narrowed = ImmutableArray.CreateBuilder<EventFilter>();
        foreach (EventFilter granted in _events)
        {
            EventFilter? both = wanted.Intersect(granted);
            if (both == wanted)
            {
                return [wanted];
            }

            if (both is not null && !both.Channels.IsEmpty && !narrowed.Contains(both))
            {
                narrowed.Add(both);
            }
        }

        return narrowed.ToImmutable();
    }

    /// <summary>Whether an event is granted.</summary>
    public bool Covers(EventEnvelope envelope)
    {
        if (_everything)
        {
            return true;
        }

        foreach (EventFilter granted in _events)
        {
            if (granted.Matches(envelope))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether a task's terminal is granted.</summary>
    public bool CoversTerminal(string task) => _everything || Names("terminal", task);

    /// <summary>
    /// Whether an event's state key is granted, if it has one: <c>agent:NAME:…</c>, <c>task:…</c> or <c>project:…</c>
    /// of a name in the event that is granted, or <c>CHANNEL:…</c> of its channel. Behind a name no further colon:
    /// names may hold colons, and another's could begin with this one.
    /// </summary>
    public bool CoversStateKey(EventEnvelope envelope)
    {
        if (_everything || envelope.StateKey is not { } key)
        {
            return true;
        }

        string channel = ChannelNames.NameOf(envelope.Channel);
        return IsOf("agent:", "agents", envelope.Agent)
            || IsOf("task:", "tasks", envelope.Task)
            || IsOf("project:", "projects", envelope.Project)
            || (key.StartsWith(channel + ":", StringComparison.Ordinal) && Names("channels", channel));

        bool IsOf(string kind, string granted, string? name) =>
            name is not null
            && key.StartsWith(kind, StringComparison.Ordinal)
            && key.AsSpan(kind.Length).StartsWith(name, StringComparison.Ordinal)
            && key.AsSpan(kind.Length + name.Length) is [':', .. var rest]
            && !rest.Contains(':')
            && Names(granted, name);
    }

    /// <summary>
    /// Whether an event's group is granted: one that it names, and if it is numbered also the one that it has without:
    /// it must be a name in the event that is granted.
    /// </summary>
    public bool CoversGroup(EventEnvelope envelope, bool isNumbered)
    {
        if (_everything || (envelope.Group is null && !isNumbered))
        {
            return true;
        }

        string group = envelope.PartitionGroup;
        return (group == envelope.Agent && Names("agents", group))
            || (group == envelope.Task && Names("tasks", group))
            || (group == envelope.Project && Names("projects", group))
            || (group == ChannelNames.NameOf(envelope.Channel) && Names("channels", group));
    }

    private bool Names(string kind, string name)
    {
        foreach (NamePattern pattern in _patterns[kind])
        {
            if (pattern.Matches(name))
            {
                return true;
            }
        }

        return false;
    }

    // A word of ours with a pattern that is none grants nothing: like every other word it is skipped.
    private static bool TrySplit(string action, string word, out string kind, out NamePattern pattern)
    {
        kind = "";
        pattern = default;
        int slash = word.IndexOf('/', StringComparison.Ordinal);
        if (slash < 0 || !word.StartsWith(action, StringComparison.Ordinal) || slash < action.Length)
        {
            return false;
        }

        kind = word[action.Length..slash];
        return kind is "agents" or "tasks" or "projects" or "channels" or "terminal"
            && NamePattern.TryParse(word[(slash + 1)..], out pattern);
    }

    private static ChannelSet ChannelsOf(ImmutableArray<NamePattern> patterns) =>
        Enum.GetValues<Channel>()
            .Where(channel => patterns.Any(pattern => pattern.Matches(ChannelNames.NameOf(channel))))
            .Aggregate(default(ChannelSet), (set, channel) => set.With(channel));
}

using System.CommandLine;
using System.CommandLine.Parsing;
using Realtime.Cli.Arguments;
using Realtime.Client;
using Realtime.Protocol.Events;
using Realtime.Protocol.Subscriptions;

namespace Realtime.Cli.Tail;

/// <summary>Options that say which events are wanted.</summary>
internal sealed class EventFlags
{
    private readonly Option<string[]> _channels = Flag.OfList("--channel", "NAMES", $"Channels: {ChannelNames.List}.");
    private readonly Option<string[]> _agents = Flag.OfList("--agent", "PATTERNS", "Agents, such as a1 or 'demo-*'.");
    private readonly Option<string[]> _tasks = Flag.OfList("--task", "PATTERNS", "Tasks.");
    private readonly Option<string[]> _projects = Flag.OfList("--project", "PATTERNS", "Projects.");
    private readonly Option<string[]> _types = Flag.OfList("--type", "PATTERNS", "Types, such as 'agent.*'.");

    /// <summary>Gives a command these options.</summary>
    public void AddTo(Command command)
    {
        _channels.Validators.Add(CheckChannels);
        foreach (Option<string[]> option in (ReadOnlySpan<Option<string[]>>)[_agents, _tasks, _projects, _types])
        {
            option.Validators.Add(result => CheckPatterns(result, option.Name));
        }

        foreach (Option<string[]> option in (ReadOnlySpan<Option<string[]>>)
            [_channels, _agents, _tasks, _projects, _types])
        {
            command.Add(option);
        }
    }

    /// <summary>What to subscribe to.</summary>
    public EventSubscriptionOptions ReadSubscription(ParseResult parsed) => new()
    {
        Channels = Channels(parsed),
        Agents = List(parsed, _agents),
        Tasks = List(parsed, _tasks),
        Projects = List(parsed, _projects),
        Types = List(parsed, _types),
    };

    /// <summary>The same of the past.</summary>
    public LatestQuery ReadLatest(ParseResult parsed) => new()
    {
        Channels = Channels(parsed),
        Agents = List(parsed, _agents),
        Tasks = List(parsed, _tasks),
        Projects = List(parsed, _projects),
        Types = List(parsed, _types),
    };

    private static void CheckChannels(OptionResult result)
    {
        foreach (string name in result.Tokens.SelectMany(token => token.Value.Split(',')))
        {
            if (!ChannelNames.TryParse(name.Trim(), out _))
            {
                result.AddError($"--channel must be of {ChannelNames.List}, but is '{name}'.");
            }
        }
    }

    // An empty one would let everything through, and comes from an empty variable, as a rule.
    private static void CheckPatterns(OptionResult result, string name)
    {
        foreach (string text in result.Tokens.SelectMany(token => token.Value.Split(',')))
        {
            if (!NamePattern.TryParse(text.Trim(), out _))
            {
                result.AddError(
                    $"{name} must be names, beginnings of names followed by *, or *, separated by commas, "
                    + $"but holds '{text}'.");
            }
        }
    }

    // What was not given is read as an empty list, which the server takes for a mistake.
    private static string[]? List(ParseResult parsed, Option<string[]> option) =>
        parsed.GetValue(option) is { Length: > 0 } items ? items : null;

    private List<Channel>? Channels(ParseResult parsed)
    {
        if (List(parsed, _channels) is not { } names)
        {
            return null;
        }

        var channels = new List<Channel>();
        foreach (string name in names)
        {
            if (ChannelNames.TryParse(name, out Channel channel))
            {
                channels.Add(channel);
            }
        }

        return channels;
    }
}

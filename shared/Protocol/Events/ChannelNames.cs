namespace Realtime.Protocol.Events;

/// <summary>The channels' names on the wire.</summary>
public static class ChannelNames
{
    /// <summary>All names, separated by commas, for error messages.</summary>
    public const string List = "agents, tasks, messages, budget, system, notifications, workflows";

    private static readonly string[] Names =
        ["", "agents", "tasks", "messages", "budget", "system", "notifications", "workflows"];

    /// <summary>The name of a channel.</summary>
    public static string NameOf(Channel channel) => Names[(int)channel];

    /// <summary>Finds a channel by its exact name.</summary>
    public static bool TryParse(ReadOnlySpan<char> name, out Channel channel)
    {
        for (int i = 1; i < Names.Length; i++)
        {
            if (name.SequenceEqual(Names[i]))
            {
                channel = (Channel)i;
                return true;
            }
        }

        channel = default;
        return false;
    }
}

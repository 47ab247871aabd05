using Realtime.Tests.Chaos.Checking;

namespace Realtime.Tests.Chaos.Clients;

/// <summary>What a client wants and how it behaves, at random.</summary>
internal sealed record ClientHabits
{
    private static readonly string[] Channels =
        ["agents", "tasks", "messages", "budget", "system", "notifications", "workflows"];

    /// <summary>What it wants.</summary>
    public required ChaosFilter Filter { get; init; }

    /// <summary>Where it begins.</summary>
    public required ViewStart Start { get; init; }

    /// <summary>It comes when so many events were sent.</summary>
    public required int ComesAt { get; init; }

    /// <summary>Whether it leaves now and then and comes back with its cursor.</summary>
    public required bool Roams { get; init; }

    /// <summary>Whether it speaks JSON.</summary>
    public required bool SpeaksJson { get; init; }

    public static ClientHabits Next(Random random, int agents) => new()
    {
        Filter = NextFilter(random, agents),
        Start = random.Next(10) switch { < 4 => ViewStart.First, < 8 => ViewStart.Live, _ => ViewStart.Snapshot },

        // Most are there from the beginning; some come when there is much to catch up with.
        ComesAt = random.Next(3) == 0 ? random.Next(3000) : 0,
        Roams = random.Next(3) == 0,
        SpeaksJson = random.Next(3) == 0,
    };

    // Few want everything: a run should see many different filters rather than many events.
    private static ChaosFilter NextFilter(Random random, int agents)
    {
        string Agent() => random.Next(8) == 0 ? $"agent-{random.Next(1, 5)}*" : $"agent-{random.Next(agents)}";
        string Task() => random.Next(4) == 0 ? "*" : $"task-{random.Next(10)}";
        string Type() => random.Next(2) == 0 ? "agent.s*" : "agent.progress";
        return random.Next(40) == 0
            ? new ChaosFilter()
            : new ChaosFilter
            {
                Agents = random.Next(12) == 0 ? null : List(random, 4, Agent),
                Channels = random.Next(3) == 0 ? List(random, 4, () => Channels[random.Next(Channels.Length)]) : null,
                Tasks = random.Next(5) == 0 ? List(random, 3, Task) : null,
                Projects = random.Next(6) == 0 ? List(random, 2, () => $"project-{random.Next(3)}") : null,
                Types = random.Next(5) == 0 ? [Type()] : null,
            };
    }

    private static string[] List(Random random, int max, Func<string> next) =>
        [.. Enumerable.Range(0, random.Next(1, max + 1)).Select(_ => next()).Distinct()];
}

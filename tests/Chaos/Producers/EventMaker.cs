using System.Globalization;
using System.Text.Json.Nodes;
using Realtime.Tests.Chaos.Checking;

namespace Realtime.Tests.Chaos.Producers;

/// <summary>Makes the events of one producer: of two agents of its own, each with a key and a number in its
/// group.</summary>
internal sealed class EventMaker(int producer, Ledger ledger, Random random)
{
    /// <summary>Agents of each producer.</summary>
    public const int AgentsCount = 2;

    private static readonly string[] Channels =
        ["agents", "tasks", "messages", "budget", "system", "notifications", "workflows"];

    private readonly int[] _numbers = new int[AgentsCount];

    /// <summary>One of its agents.</summary>
    public string Agent(int n) => Text($"agent-{producer * AgentsCount + n}");

    /// <summary>The next one, entered into the ledger: it is to be sent at once.</summary>
    public (string Key, EventFacts Facts, JsonObject Payload) Next()
    {
        int n = random.Next(AgentsCount);
        string agent = Agent(n);
        EventFacts facts = random.Next(3) == 0
            ? new EventFacts("agents", "agent.status", agent, null, null, $"agent:{agent}:status")
            : new EventFacts(
                Channels[random.Next(Channels.Length)], random.Next(2) == 0 ? "agent.step" : "agent.progress", agent,
                random.Next(2) == 0 ? Text($"task-{random.Next(10)}") : null,
                random.Next(2) == 0 ? Text($"project-{random.Next(3)}") : null, null);
        int number = _numbers[n]++;
        string key = Text($"{agent}/{number}");
        ledger.Sending(key, agent, number, facts);
        return (key, facts, new JsonObject
        {
            ["key"] = key,
            ["status"] = "working",
            ["text"] = new string('x', random.Next(10) == 0 ? random.Next(2000) : random.Next(60)),
        });
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}

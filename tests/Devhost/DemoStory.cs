using System.Text.Json;

namespace Realtime.Tests.Devhost;

/// <summary>What the events of demo agents tell about their tasks, checked against what is allowed.</summary>
internal sealed class DemoStory(IEnumerable<JsonElement> events)
{
    private static readonly string[] Ends = ["done", "failed", "stopped", "lost"];

    // From a status (none at first) to those that may follow it.
    private static readonly Dictionary<string, string[]> Legal = new()
    {
        [""] = ["queued"],
        ["queued"] = ["working", "stopped"],
        ["working"] = ["waiting", .. Ends],
        ["waiting"] = ["working", "stopped"],
    };

    private readonly JsonElement[] _events =
        [.. events.Where(seen => seen.TryGetProperty("agent", out JsonElement agent)
            && agent.GetString()!.StartsWith("demo-", StringComparison.Ordinal))];

    /// <summary>Every status that was shown.</summary>
    public IEnumerable<string> Statuses => Of("agent.status").Select(seen => Text(seen, "status")).Distinct();

    /// <summary>The agents that ended a task.</summary>
    public IEnumerable<string> AgentsWithAnEnd =>
        Of("task.finished").Select(seen => seen.GetProperty("agent").GetString()!).Distinct();

    /// <summary>Tasks that were begun, with the exit code that was told at their end, if it was.</summary>
    public IReadOnlyDictionary<string, int?> ExitCodes => Of("task.started").ToDictionary(
        TaskOf,
        started => (int?)Of("task.finished").Where(finished => TaskOf(finished) == TaskOf(started))
            .Select(finished => finished.GetProperty("payload").GetProperty("exit_code").GetInt32())
            .Cast<int?>().SingleOrDefault());

    /// <summary>Tasks by their last status.</summary>
    public ILookup<string, string> TasksByLastStatus => Of("agent.status").GroupBy(TaskOf)
        .ToLookup(task => Text(task.Last(), "status"), task => task.Key);

    /// <summary>Everything that must not be, as lines; tasks that go on are none.</summary>
    public IEnumerable<string> Faults() =>
        [.. StatusFaults(), .. ProgressFaults(), .. CostFaults(), .. MessageFaults(), .. EndFaults()];

    /// <summary>Tasks that were shown but have no end.</summary>
    public IEnumerable<string> Unfinished() =>
    [
        .. TasksByLastStatus.Where(group => !Ends.Contains(group.Key)).SelectMany(group => group),
        .. ExitCodes.Where(task => task.Value is null).Select(task => task.Key),
    ];

    private IEnumerable<string> StatusFaults()
    {
        foreach (IGrouping<string, JsonElement> task in Of("agent.status").GroupBy(TaskOf))
        {
            string last = "";
            foreach (JsonElement seen in task)
            {
                string status = Text(seen, "status");
                bool known = seen.TryGetProperty("snapshot", out _); // the watch began later than the task
                if (!known && !Legal.GetValueOrDefault(last, []).Contains(status))
                {
                    yield return $"{task.Key}: '{last}' was followed by '{status}'";
                }

                last = status;
            }
        }
    }

    private IEnumerable<string> ProgressFaults()
    {
        foreach (IGrouping<string, JsonElement> task in Of("agent.progress").GroupBy(TaskOf))
        {
            (int Percent, int Step, int Steps) last = (0, 1, Number(task.First(), "steps"));
            foreach (JsonElement seen in task)
            {
                var now = (Percent: Number(seen, "percent"), Step: Number(seen, "step_number"),
                    Steps: Number(seen, "steps"));
                if (now.Percent < last.Percent || now.Percent > 100 || now.Step < last.Step || now.Step > now.Steps
                    || now.Steps != last.Steps || Text(seen, "step").Length == 0)
                {
                    yield return $"{task.Key}: {last} was followed by {now}";
                }

                last = now;
            }

            bool done = TasksByLastStatus["done"].Contains(task.Key);
            bool ended = Ends.Any(end => TasksByLastStatus[end].Contains(task.Key));
            if (ended && done != (last.Percent == 100))
            {
                yield return $"{task.Key}: {(done ? "done" : "not done")}, at {last.Percent} %";
            }
        }
    }

    private IEnumerable<string> CostFaults()
    {
        foreach (IGrouping<string, JsonElement> agent in Of("budget.cost").GroupBy(seen => Text(seen, "agent", "")))
        {
            double last = 0;
            foreach (JsonElement seen in agent)
            {
                double total = seen.GetProperty("payload").GetProperty("usd_total").GetDouble();
                double task = seen.GetProperty("payload").GetProperty("usd").GetDouble();
                if (total < last || task > total + 0.0001 || task < 0)
                {
                    yield return $"{agent.Key}: {task} of {total} dollars after {last}";
                }

                last = total;
            }
        }
    }

    private IEnumerable<string> MessageFaults() => Of("agent.message")
        .Where(seen => Text(seen, "text").Length == 0 || Text(seen, "level") is not ("info" or "warning" or "error"))
        .Select(seen => $"a message of {TaskOf(seen)}: {seen.GetProperty("payload")}");

    private IEnumerable<string> EndFaults() => ExitCodes
        .Where(task => task.Value is not null && task.Value == 0 != TasksByLastStatus["done"].Contains(task.Key))
        .Where(task => Ends.Any(end => TasksByLastStatus[end].Contains(task.Key)))
        .Select(task => $"{task.Key}: exit code {task.Value}, but another status");

    private IEnumerable<JsonElement> Of(string type) =>
        _events.Where(seen => seen.GetProperty("type").GetString() == type);

    private static string TaskOf(JsonElement seen) => seen.GetProperty("task").GetString()!;

    private static int Number(JsonElement seen, string name) =>
        seen.GetProperty("payload").GetProperty(name).GetInt32();

    private static string Text(JsonElement seen, string name) =>
        seen.GetProperty("payload").GetProperty(name).GetString()!;

    private static string Text(JsonElement seen, string name, string absent) =>
        seen.TryGetProperty(name, out JsonElement value) ? value.GetString()! : absent;
}

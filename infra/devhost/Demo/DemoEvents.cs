using System.Text.Json.Nodes;

namespace Realtime.Devhost.Demo;

/// <summary>The events of one task of one agent, as PROTOCOL.md section 15 has them.</summary>
internal sealed class DemoEvents(string agent, string task)
{
    /// <summary>How the agent stands.</summary>
    public JsonObject Status(string status, string detail) =>
        Event(
            "agents", "agent.status", new JsonObject { ["status"] = status, ["detail"] = detail },
            $"agent:{agent}:status");

    /// <summary>How far the task is.</summary>
    public JsonObject Progress(ProgressMeter progress, string step) =>
        Event(
            "agents", "agent.progress",
            new JsonObject
            {
                ["percent"] = progress.Percent,
                ["step"] = step,
                ["steps"] = progress.Steps,
                ["step_number"] = Math.Max(1, progress.StepNumber),
            },
            $"agent:{agent}:progress");

    /// <summary>Something said.</summary>
    public JsonObject Message(string text, string level = "info") =>
        Event("messages", "agent.message", new JsonObject { ["text"] = text, ["level"] = level });

    /// <summary>What it cost so far.</summary>
    public JsonObject Cost(CostMeter cost) =>
        Event(
            "budget", "budget.cost", new JsonObject { ["usd"] = cost.Task, ["usd_total"] = cost.Total },
            $"agent:{agent}:cost");

    /// <summary>The task begins.</summary>
    public JsonObject Started(DemoTask plan) =>
        Event("tasks", "task.started", new JsonObject { ["command"] = plan.Command, ["title"] = plan.Title });

    /// <summary>The task is over.</summary>
    public JsonObject Finished(int exitCode) =>
        Event("tasks", "task.finished", new JsonObject { ["exit_code"] = exitCode });

    private JsonObject Event(string channel, string type, JsonObject payload, string? stateKey = null)
    {
        var published = new JsonObject
        {
            ["channel"] = channel,
            ["type"] = type,
            ["agent"] = agent,
            ["task"] = task,
            ["project"] = "demo",
            ["payload"] = payload,
        };
        if (stateKey is not null)
        {
            published["state_key"] = stateKey;
        }

        return published;
    }
}

using System.Text.Json;
using System.Text.Json.Nodes;
using Realtime.Client;
using Realtime.Protocol.Events;

namespace Realtime.Devhost.Demo;

/// <summary>The events of one task of one agent, as PROTOCOL.md section 15 has them.</summary>
internal sealed class DemoEvents(string agent, string task, TimeProvider time)
{
    /// <summary>How the agent stands.</summary>
    public EventDraft Status(string status, string detail) =>
        Event(
            Channel.Agents, "agent.status", new JsonObject { ["status"] = status, ["detail"] = detail },
            $"agent:{agent}:status");

    /// <summary>How far the task is.</summary>
    public EventDraft Progress(ProgressMeter progress, string step) =>
        Event(
            Channel.Agents, "agent.progress",
            new JsonObject
            {
                ["percent"] = progress.Percent,
                ["step"] = step,
                ["steps"] = progress.Steps,
                ["step_number"] = Math.Max(1, progress.StepNumber),
            },
            $"agent:{agent}:progress");

    /// <summary>Something said.</summary>
    public EventDraft Message(string text, string level = "info") =>
        Event(Channel.Messages, "agent.message", new JsonObject { ["text"] = text, ["level"] = level });

    /// <summary>What it cost so far.</summary>
    public EventDraft Cost(CostMeter cost) =>
        Event(
            Channel.Budget, "budget.cost", new JsonObject { ["usd"] = cost.Task, ["usd_total"] = cost.Total },
            $"agent:{agent}:cost");

    /// <summary>The task begins.</summary>
    public EventDraft Started(DemoTask plan) =>
        Event(Channel.Tasks, "task.started", new JsonObject { ["command"] = plan.Command, ["title"] = plan.Title });

    /// <summary>The task is over.</summary>
    public EventDraft Finished(int exitCode) =>
        Event(Channel.Tasks, "task.finished", new JsonObject { ["exit_code"] = exitCode });

    private EventDraft Event(Channel channel, string type, JsonObject payload, string? stateKey = null) => new()
    {
        Channel = channel,
        Type = type,
        Agent = agent,
        Task = task,
        Project = "demo",
        StateKey = stateKey,
        Timestamp = time.GetUtcNow(),
        Payload = JsonSerializer.SerializeToElement(payload),
    };
}

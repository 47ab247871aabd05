namespace Realtime.Workers.History;

/// <summary>What is read: a label of metrics.</summary>
internal enum HistoryKind
{
    /// <summary><c>GET /v1/events</c>.</summary>
    Events,

    /// <summary><c>GET /v1/agents</c>.</summary>
    Agents,

    /// <summary><c>GET /v1/tasks/{task}/terminal</c>.</summary>
    Terminal,
}

namespace Realtime.Client;

/// <summary>The latest values of one agent.</summary>
/// <param name="Agent">The agent.</param>
/// <param name="Values">The event that each state key holds.</param>
public sealed record AgentValues(string Agent, IReadOnlyDictionary<string, AgentEvent> Values);

namespace Realtime.Log;

/// <summary>What one round of looking at a partition's leases did.</summary>
/// <param name="AgentsLost">Agents that were declared lost.</param>
/// <param name="TasksLost">Tasks that were declared lost.</param>
/// <param name="TerminalsEnded">Terminals of such tasks that were ended.</param>
/// <param name="Extended">Leases that got a new term, as nobody had looked for too long.</param>
public readonly record struct LeaseSweepReport(int AgentsLost, int TasksLost, int TerminalsEnded, int Extended);

namespace Realtime.Log;

/// <summary>What one round of looking at a partition's leases did.</summary>
/// <param name="AgentsLost">Agents that were declared lost.</param>
/// <param name="TasksLost">Tasks that were declared lost.</param>
/// <param name="TerminalsEnded">Terminals of such tasks that were ended.</param>
/// <param name="Extended">Leases that got a new term, as nobody had looked for too long.</param>
/// <param name="Failed">Leases and terminals that could not be dealt with; the next round tries them again.</param>
/// <param name="Failure">Why, of the last one of them; null without.</param>
public readonly record struct LeaseSweepReport(
    int AgentsLost, int TasksLost, int TerminalsEnded, int Extended, int Failed = 0, Exception? Failure = null);

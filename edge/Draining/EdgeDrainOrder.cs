namespace Realtime.Edge.Draining;

/// <summary>An order to drain.</summary>
/// <param name="Deadline">How long connections may take to leave.</param>
/// <param name="Pace">How many are told to leave in a second, at all workers together.</param>
/// <param name="By">Who gave it: an operator or a signal.</param>
internal readonly record struct EdgeDrainOrder(TimeSpan Deadline, int Pace, string By);

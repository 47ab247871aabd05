namespace Realtime.Workers.Drain;

/// <summary>What was ordered.</summary>
/// <param name="Deadline">In what time from now all connections are gone.</param>
/// <param name="Pace">How many may be told to leave in a second; more if the deadline asks for it.</param>
/// <param name="By">Who ordered it: an edge's id, or <c>signal</c>.</param>
internal sealed record DrainOrder(TimeSpan Deadline, int Pace, string By)
{
    /// <summary>Who orders the last drain.</summary>
    public const string Signal = "signal";
}

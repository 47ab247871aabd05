namespace Realtime.Workers.Drain;

/// <summary>How far a drain is, of one moment: no other count exceeds <c>Connections</c>.</summary>
/// <param name="StartedAt">When it began.</param>
/// <param name="DeadlineAt">When whoever is left is cut.</param>
/// <param name="Pace">Connections told to leave in a second.</param>
/// <param name="AskedPace">The same as it was ordered.</param>
/// <param name="Connections">How many it is about: those at its start, and those that came later.</param>
/// <param name="Left">Of these, still open.</param>
/// <param name="Sent">Of these, told to leave.</param>
/// <param name="Cut">Of these, cut because they were there at the deadline.</param>
/// <param name="By">Who ordered it last.</param>
internal sealed record DrainProgress(
    DateTimeOffset StartedAt, DateTimeOffset DeadlineAt, int Pace, int AskedPace, int Connections, int Left, int Sent,
    int Cut, string By);

namespace Realtime.Log;

/// <summary>What one round of housekeeping did.</summary>
public readonly record struct SweepReport(int StreamsTrimmed, int StateKeysExpired, int TerminalsEnded);

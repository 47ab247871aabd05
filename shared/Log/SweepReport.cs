namespace Realtime.Log;

/// <summary>What one round of housekeeping did.</summary>
public readonly record struct SweepReport(int StreamsTrimmed, int StateKeysExpired, int TerminalsEnded)
{
    /// <summary>
    /// By how many milliseconds the log's clock went another way than this process' own since the last sweep, if that
    /// is more than <see cref="LogOptions.ClockJump"/>; negative = it went back.
    /// </summary>
    public long ClockJumpMs { get; init; }
}

namespace Realtime.Log;

/// <summary>What became of the cursor that a read started from.</summary>
public enum ReadOutcome
{
    /// <summary>It stands, and everything after it is there.</summary>
    Whole,

    /// <summary>Entries after it were removed by retention; reading went on at the first that is left.</summary>
    Trimmed,

    /// <summary>
    /// It belongs to another epoch than the stream's; reading went on where the histories part, or at the first entry.
    /// </summary>
    OtherEpoch,

    /// <summary>
    /// It has the stream's epoch, but is ahead of the end or names an entry that isn't there. For a cursor that came
    /// from a client this says that the cursor is wrong, for a tail's own that history was lost: only the tail then
    /// renews the epoch.
    /// </summary>
    NotThere,
}

namespace Realtime.Log;

/// <summary>What became of one event of a batch.</summary>
public enum AppendStatus
{
    /// <summary>Appended now.</summary>
    Stored,

    /// <summary>Its idempotency key was used before with the same envelope; the first position is returned.</summary>
    Duplicate,

    /// <summary>Its idempotency key was used before with another envelope. Not worth a retry.</summary>
    Conflict,

    /// <summary>The slowest live reader is too far behind. Worth a retry later.</summary>
    Pressure,

    /// <summary>An event before it in the batch was refused. Worth a retry once that one is mended.</summary>
    AfterRefused,
}

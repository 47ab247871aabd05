namespace Realtime.Log;

/// <summary>What became of one event of a batch.</summary>
public enum AppendStatus
{
    /// <summary>Appended now.</summary>
    Stored,

    /// <summary>
    /// Its idempotency key was used before with the same envelope, or its producer's number was stored; the first
    /// position is returned, if it is still known.
    /// </summary>
    Duplicate,

    /// <summary>Its idempotency key was used before with another envelope. Not worth a retry.</summary>
    Conflict,

    /// <summary>The slowest live reader is too far behind. Worth a retry later.</summary>
    Pressure,

    /// <summary>A higher epoch of its producer has published in its group. Not worth a retry.</summary>
    StaleProducer,

    /// <summary>
    /// Numbers before its own are missing, or are not known any more: see <see cref="AppendOutcome.ExpectedSeq"/>.
    /// </summary>
    ProducerGap,

    /// <summary>An event before it in the batch was refused. Worth a retry once that one is mended.</summary>
    AfterRefused,
}

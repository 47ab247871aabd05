using Realtime.Protocol;

namespace Realtime.Workers.Ingest;

/// <summary>What became of one published event.</summary>
/// <param name="Status">Stored, known already, or why not.</param>
/// <param name="Id">Its id if it is stored, else default; without an epoch if it is stored, but nobody knows any more
/// where.</param>
internal readonly record struct IngestOutcome(IngestStatus Status, EventPosition Id)
{
    /// <summary>The number that its producer is to go on with, if there is a gap.</summary>
    public long ExpectedSeq { get; init; }

    /// <summary>When to send it again, if that is known.</summary>
    public TimeSpan RetryAfter { get; init; }

    /// <summary>Whether the event is in the log.</summary>
    public bool IsStored => Status is IngestStatus.Stored or IngestStatus.Duplicate;
}

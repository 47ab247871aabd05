using Realtime.Protocol;

namespace Realtime.Workers.Ingest;

/// <summary>What became of one published event.</summary>
/// <param name="Status">Stored, known already, or why not.</param>
/// <param name="Id">Its id if it is stored, else default.</param>
internal readonly record struct IngestOutcome(IngestStatus Status, EventPosition Id)
{
    /// <summary>Whether the event is in the log.</summary>
    public bool IsStored => Status is IngestStatus.Stored or IngestStatus.Duplicate;
}

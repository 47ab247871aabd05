using Realtime.Log;

namespace Realtime.Workers.Delivery;

/// <summary>Events read from the log for connections that are behind: <see cref="EventRead"/>, decoded.</summary>
internal sealed record HistoryChunk(
    ReadOutcome Outcome, StreamCursor Start, long? Missing, IReadOnlyList<SharedEvent> Events)
{
    /// <summary>The first event that will come, if there is one yet.</summary>
    public SharedEvent? First => Events.Count > 0 ? Events[0] : null;
}

using Realtime.Log;

namespace Realtime.Workers.Delivery;

/// <summary>Events read from the log for connections that are behind: <see cref="EventRead"/>, decoded.</summary>
internal sealed record HistoryChunk(
    ReadOutcome Outcome, StreamCursor Start, long? Missing, IReadOnlyList<SharedEvent> Events);

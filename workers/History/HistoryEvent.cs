using Realtime.Protocol;
using Realtime.Protocol.Events;

namespace Realtime.Workers.History;

/// <summary>One event of the past.</summary>
internal readonly record struct HistoryEvent(EventPosition Position, EventEnvelope Envelope);

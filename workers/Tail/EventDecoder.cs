using Realtime.Log;
using Realtime.Protocol;
using Realtime.Protocol.Events;
using Realtime.Workers.Delivery;

namespace Realtime.Workers.Tail;

/// <summary>Makes shared events of what was read from the log.</summary>
internal sealed partial class EventDecoder(TimeProvider clock, ILogger<EventDecoder> logger)
{
    private static readonly ReadOnlyMemory<byte> Nil = new byte[] { 0xc0 };

    /// <summary>Decodes the entries of a read, which follow <paramref name="start"/> without a hole.</summary>
    public SharedEvent[] Decode(StreamKey stream, StreamCursor start, IReadOnlyList<LogEntry> entries)
    {
        var events = new SharedEvent[entries.Count];
        EntryId previous = start.Entry;
        for (int i = 0; i < events.Length; i++)
        {
            LogEntry entry = entries[i];
            events[i] = Decode(stream, new StreamCursor(entry.Id, start.Epoch), previous, entry.Envelope);
            previous = entry.Id;
        }

        return events;
    }

    public SharedEvent Decode(StreamKey stream, StreamCursor position, EntryId previous, ReadOnlyMemory<byte> stored)
    {
        if (!EnvelopeCodec.TryRead(stored, out EventEnvelope? envelope) || envelope is null)
        {
            // It keeps its place, so that nobody finds a hole, and viewers of everything see that something is wrong.
            Log.Unreadable(logger, stream.Partition, position.Entry.Ms, position.Entry.Offset);
            envelope = new EventEnvelope { Channel = Channel.System, Type = "system.unreadable", Payload = Nil };
        }

        return new SharedEvent(stream.Partition, position, previous, envelope, clock);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error,
            "Entry {Ms}-{Offset} of partition {Partition} can't be read: it is damaged or was written by a later "
            + "version. Viewers get `system.unreadable` in its place; update the workers if a newer one is running.")]
        public static partial void Unreadable(ILogger logger, int partition, long ms, long offset);
    }
}

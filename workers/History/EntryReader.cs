using System.Collections.Immutable;
using Realtime.Log;
using Realtime.Protocol;
using Realtime.Protocol.Events;
using Realtime.Protocol.Subscriptions;

namespace Realtime.Workers.History;

/// <summary>Decodes entries that were read, and picks those that are wanted.</summary>
internal sealed partial class EntryReader(ILogger<EntryReader> logger)
{
    /// <summary>Whether one of the filters lets an entry through; what can't be decoded is told and left out.</summary>
    public bool TryMatch(
        int partition, LogEntry entry, ImmutableArray<EventFilter> filters, out EventEnvelope? envelope)
    {
        if (!EnvelopeCodec.TryRead(entry.Envelope, out envelope))
        {
            Log.Unreadable(logger, partition, entry.Id);
            return false;
        }

        foreach (EventFilter filter in filters)
        {
            if (filter.Matches(envelope!))
            {
                return true;
            }
        }

        return false;
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "Entry {Entry} of a stream in partition {Partition} cannot be read: it is "
            + "damaged, or a later version of this program wrote it. It is left out of answers")]
        public static partial void Unreadable(ILogger logger, int partition, EntryId entry);
    }
}

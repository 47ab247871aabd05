using System.Collections.Immutable;
using Realtime.Log;
using Realtime.Protocol;
using Realtime.Protocol.Events;
using Realtime.Protocol.Subscriptions;

namespace Realtime.Workers.History;

/// <summary>
/// Merges a tenant's streams into one list, oldest first. The order over streams is that of the log's clock; what
/// resume relies on are the positions, one per stream.
/// </summary>
internal sealed class EventHistory(IPartitionedLog log, HistoryOptions options, EntryReader entries)
{
    private const int PageEntriesMin = 16;
    private const int PageBytesMin = 16 * 1024;
    private const int PageBytesMax = 256 * 1024;

    /// <summary>Reads a page.</summary>
    /// <param name="tenant">Whose events.</param>
    /// <param name="filters">Alternatives, of which one must match.</param>
    /// <param name="after">Where each stream begins, by partition; streams not named begin at the first entry
    /// retained.</param>
    /// <param name="limit">Events at most.</param>
    /// <param name="requestAborted">The client is gone.</param>
    public async Task<HistoryPage> ReadAsync(
        string tenant, ImmutableArray<EventFilter> filters, IReadOnlyDictionary<int, EventPosition> after, int limit,
        CancellationToken requestAborted)
    {
        StreamPages[] streams = await OpenAsync(tenant, after, limit, requestAborted);
        List<HistoryEvent> events = await MergeAsync(streams, filters, limit, requestAborted);
        return new HistoryPage(
            events,
            [.. streams.Select(stream => stream.Position)],
            [.. streams.SelectMany(stream => stream.Gaps)],
            streams.Any(stream => stream.HasEntry || !stream.IsAtEnd));
    }

    /// <summary>
    /// The streams with their first pages. As for who subscribes: if the cursor is one of a log with other partitions,
    /// its events may be in any stream now, so those that it does not name are told as gaps too.
    /// </summary>
    private async Task<StreamPages[]> OpenAsync(
        string tenant, IReadOnlyDictionary<int, EventPosition> after, int limit, CancellationToken requestAborted)
    {
        StreamPages[] named =
        [
            .. after.Values.Where(position => position.Partition < log.PartitionCount)
                .Select(position => Pages(position.Partition, position)),
        ];
        await Task.WhenAll(named.Select(stream => stream.FillAsync(requestAborted)));

        bool isOfOthers = named.Length < after.Count
            || (after.Count > 0
                && after.Count == after.Keys.Max() + 1
                && Array.TrueForAll(named, static stream => stream.IsUnknown));
        Epoch lost = after.Values.FirstOrDefault().Epoch;
        StreamPages[] others =
        [
            .. Enumerable.Range(0, log.PartitionCount)
                .Where(partition => !after.ContainsKey(partition))
                .Select(partition => Pages(
                    partition, isOfOthers ? new EventPosition(partition, EntryId.Zero, lost) : null)),
        ];
        await Task.WhenAll(others.Select(stream => stream.FillAsync(requestAborted)));
        return [.. named.Concat(others).OrderBy(static stream => stream.Partition)];

        StreamPages Pages(int partition, EventPosition? position) => new(
            log,
            new StreamKey(tenant, partition),
            position,
            Math.Clamp(2 * limit / log.PartitionCount, PageEntriesMin, options.EntriesScannedMax),
            Math.Clamp(options.AnswerBytesMax / log.PartitionCount, PageBytesMin, PageBytesMax));
    }

    private async Task<List<HistoryEvent>> MergeAsync(
        StreamPages[] streams, ImmutableArray<EventFilter> filters, int limit, CancellationToken requestAborted)
    {
        var events = new List<HistoryEvent>();
        var heads = new PriorityQueue<StreamPages, (long Ms, int Partition)>();
        foreach (StreamPages stream in streams)
        {
            EnqueueIfAny(heads, stream);
        }

        int scanned = 0;
        long bytes = 0;
        while (!IsFull() && heads.TryDequeue(out StreamPages? stream, out _))
        {
            LogEntry entry = stream.Current;
            stream.Take();
            scanned++;
            if (entries.TryMatch(stream.Partition, entry, filters, out EventEnvelope? envelope))
            {
                events.Add(new HistoryEvent(stream.Position, envelope!));
                bytes += entry.Envelope.Length;
            }

            if (!stream.HasEntry && !stream.IsAtEnd && !IsFull())
            {
                await stream.FillAsync(requestAborted);
            }

            EnqueueIfAny(heads, stream);
        }

        return events;

        bool IsFull() =>
            events.Count >= limit || scanned >= options.EntriesScannedMax || bytes >= options.AnswerBytesMax;
    }

    private static void EnqueueIfAny(PriorityQueue<StreamPages, (long Ms, int Partition)> heads, StreamPages stream)
    {
        if (stream.HasEntry)
        {
            heads.Enqueue(stream, (stream.Current.Id.Ms, stream.Partition));
        }
    }
}

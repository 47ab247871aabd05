using System.Collections.Immutable;
using Realtime.Log;
using Realtime.Protocol;
using Realtime.Protocol.Events;
using Realtime.Protocol.Subscriptions;

namespace Realtime.Workers.History;

/// <summary>
/// The newest events of a tenant that match: its streams walked backwards and merged by the log's clock. A page ends
/// when it is full or when enough was looked through; where each stream was left, the next page goes on.
/// </summary>
internal sealed class LatestHistory(IPartitionedLog log, HistoryOptions options, EntryReader entries)
{
    private const int PageEntriesMin = 16;
    private const int PageBytesMin = 16 * 1024;
    private const int PageBytesMax = 256 * 1024;

    // Streams read at a time for one request.
    private const int StreamReadsMax = 16;

    /// <summary>Reads a page.</summary>
    /// <param name="tenant">Whose events.</param>
    /// <param name="filters">Alternatives, of which one must match.</param>
    /// <param name="before">Where each stream goes on, by partition; streams not named have nothing older. Null: all
    /// streams, from their ends.</param>
    /// <param name="last">Events at most.</param>
    /// <param name="requestAborted">The client is gone.</param>
    public async Task<LatestPage> ReadAsync(
        string tenant, ImmutableArray<EventFilter> filters, IReadOnlyDictionary<int, EventPosition>? before, int last,
        CancellationToken requestAborted)
    {
        // Streams that are no more, since the log was repartitioned, are finished like all that do not stand.
        IEnumerable<int> partitions = before?.Keys.Where(partition => partition < log.PartitionCount).Order()
            ?? Enumerable.Range(0, log.PartitionCount);
        BackPages[] streams = [.. partitions.Select(Pages)];
        var parallel = new ParallelOptions
        {
            MaxDegreeOfParallelism = StreamReadsMax,
            CancellationToken = requestAborted,
        };
        await Parallel.ForEachAsync(streams, parallel, async (stream, cancelled) =>
            await stream.FillAsync(options.EntriesScannedMax, cancelled));

        EventPosition[]? cursor = before is null ? [.. streams.Select(stream => stream.End)] : null;
        List<HistoryEvent> events = await MergeAsync(streams, filters, last, requestAborted);
        events.Reverse();
        return new LatestPage(
            events, cursor, [.. streams.Where(stream => !stream.IsFinished).Select(stream => stream.Before)]);

        BackPages Pages(int partition) => new(
            log,
            new StreamKey(tenant, partition),
            before?[partition],
            Math.Clamp(2 * last / log.PartitionCount, PageEntriesMin, options.EntriesScannedMax),
            Math.Clamp(options.AnswerBytesMax / log.PartitionCount, PageBytesMin, PageBytesMax));
    }

    // Newest first. A stream that has more is read on before any other is taken from, so the order is that of all.
    private async Task<List<HistoryEvent>> MergeAsync(
        BackPages[] streams, ImmutableArray<EventFilter> filters, int last, CancellationToken requestAborted)
    {
        var events = new List<HistoryEvent>();
        var heads = new PriorityQueue<BackPages, (long Ms, int Partition)>(streams.Length);
        foreach (BackPages stream in streams)
        {
            EnqueueIfAny(heads, stream);
        }

        int scanned = 0;
        long bytes = 0;
        while (!IsFull() && heads.TryDequeue(out BackPages? stream, out _))
        {
            LogEntry entry = stream.Current;
            stream.Take();
            scanned++;
            if (entries.TryMatch(stream.Partition, entry, filters, out EventEnvelope? envelope))
            {
                events.Add(new HistoryEvent(stream.Before, envelope!));
                bytes += entry.Envelope.Length;
            }

            if (!stream.HasEntry && !stream.IsFinished && !IsFull())
            {
                await stream.FillAsync(options.EntriesScannedMax - scanned, requestAborted);
            }

            EnqueueIfAny(heads, stream);
        }

        return events;

        bool IsFull() =>
            events.Count >= last || scanned >= options.EntriesScannedMax || bytes >= options.AnswerBytesMax;
    }

    private static void EnqueueIfAny(PriorityQueue<BackPages, (long Ms, int Partition)> heads, BackPages stream)
    {
        if (stream.HasEntry)
        {
            heads.Enqueue(stream, (-stream.Current.Id.Ms, -stream.Partition));
        }
    }
}

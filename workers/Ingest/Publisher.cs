using System.Buffers;
using Realtime.Log;
using Realtime.Log.Budgets;
using Realtime.Protocol.Events;
using Realtime.Workers.Budgets;
using Realtime.Workers.Ingest.Sockets;

namespace Realtime.Workers.Ingest;

/// <summary>
/// Appends published events: those of one stream as one batch in their order, different streams at the same time.
/// An unavailable log is an outcome here, as is a fault of ours, because other streams of the same publish may have
/// been stored.
/// </summary>
internal sealed partial class Publisher(IPartitionedLog log, RateBudgets budgets, ILogger<Publisher> logger)
{
    public async Task<IngestResult> PublishAsync(
        string tenant, IReadOnlyList<PublishEvent> events, string? traceParent, RequestTurn? turn,
        CancellationToken requestAborted)
    {
        var outcomes = new IngestOutcome[events.Count];
        Dictionary<int, List<int>> byPartition = GroupByPartition(tenant, events);
        var appends = new List<Task<Pressure?>>(byPartition.Count);
        foreach ((int partition, List<int> indexes) in byPartition)
        {
            appends.Add(AppendAsync(
                new StreamKey(tenant, partition), indexes, events, traceParent, outcomes, turn, requestAborted));
        }

        Pressure?[] pressures = await Task.WhenAll(appends);
        return new IngestResult(outcomes, Worst(pressures));
    }

    private Dictionary<int, List<int>> GroupByPartition(string tenant, IReadOnlyList<PublishEvent> events)
    {
        var byPartition = new Dictionary<int, List<int>>();
        for (int i = 0; i < events.Count; i++)
        {
            int partition = Partitioner.Of(tenant, events[i].Envelope.PartitionGroup, log.PartitionCount);
            if (!byPartition.TryGetValue(partition, out List<int>? indexes))
            {
                byPartition.Add(partition, indexes = []);
            }

            indexes.Add(i);
        }

        return byPartition;
    }

    // Writes the outcomes of its own indexes only, so that streams need no lock between them.
    private async Task<Pressure?> AppendAsync(
        StreamKey stream, List<int> indexes, IReadOnlyList<PublishEvent> events, string? traceParent,
        IngestOutcome[] outcomes, RequestTurn? turn, CancellationToken requestAborted)
    {
        // Before anything is waited for: this is what puts the requests of a connection in order.
        using LaneTurn? lane = turn?.EnterStream(stream.Partition);
        var batch = new EventAppend[indexes.Count];
        var buffer = new ArrayBufferWriter<byte>();
        for (int i = 0; i < batch.Length; i++)
        {
            batch[i] = Encode(events[indexes[i]], traceParent, buffer);
        }

        if (lane is not null && !await lane.WaitAsync(requestAborted))
        {
            Refuse(indexes, outcomes, IngestStatus.AfterRefused);
            return null;
        }

        try
        {
            var use = new BudgetUse(batch.Length, batch.Sum(static append => (long)append.Envelope.Length));
            TimeSpan wait = await budgets.TakeAsync(stream.Tenant, batch.Length, use, requestAborted);
            if (wait > TimeSpan.Zero)
            {
                Refuse(indexes, outcomes, IngestStatus.RateLimited, wait);
                lane?.Refuse();
                return null;
            }

            AppendResult result = await log.AppendAsync(stream, batch, requestAborted);
            for (int i = 0; i < batch.Length; i++)
            {
                AppendOutcome outcome = result.Outcomes[i];
                outcomes[indexes[i]] = new(StatusOf(outcome.Status), outcome.Position.In(stream.Partition))
                {
                    ExpectedSeq = outcome.ExpectedSeq,
                };
            }

            lane?.Tell(result.Pressure);
            if (lane is not null && indexes.Exists(index => IsMendable(outcomes[index])))
            {
                lane.Refuse();
            }

            return result.Pressure;
        }
        catch (LogUnavailableException)
        {
            Refuse(indexes, outcomes, IngestStatus.LogUnavailable);
            lane?.Refuse();
            return null;
        }
        catch (OperationCanceledException) when (requestAborted.IsCancellationRequested)
        {
            lane?.Refuse();
            throw;
        }
        catch (Exception fault) when (fault is not OutOfMemoryException)
        {
            // Worth a retry: nothing may overtake that.
            Log.Failed(logger, fault, stream.Partition, batch.Length);
            Refuse(indexes, outcomes, IngestStatus.Internal);
            lane?.Refuse();
            return null;
        }
    }

    private static void Refuse(
        List<int> indexes, IngestOutcome[] outcomes, IngestStatus status, TimeSpan retryAfter = default)
    {
        foreach (int index in indexes)
        {
            outcomes[index] = new IngestOutcome(status, default) { RetryAfter = retryAfter };
        }
    }

    // What was refused, but can still be stored: nothing may overtake it.
    private static bool IsMendable(IngestOutcome outcome) =>
        !outcome.IsStored
        && (outcome.Status == IngestStatus.ProducerGap || IngestRefusal.Of(outcome.Status).IsRetryable);

    private static EventAppend Encode(PublishEvent published, string? traceParent, ArrayBufferWriter<byte> buffer)
    {
        // A retry has the same key and another trace; with the trace in it, it would not be the same envelope but a
        // conflict.
        EventEnvelope envelope = traceParent is null || published.IdempotencyKey is not null
            ? published.Envelope
            : published.Envelope with { TraceParent = traceParent };
        buffer.ResetWrittenCount();
        EnvelopeCodec.Write(buffer, envelope);
        return new EventAppend
        {
            // An array of its own: the embedded log keeps it for as long as the event is retained.
            Envelope = buffer.WrittenSpan.ToArray(),
            StateKey = envelope.StateKey,
            DeletesState = envelope.StateKey is not null && envelope.IsPayloadNil,
            IdempotencyKey = published.IdempotencyKey,
            Producer = published.Producer is { } mark
                ? new ProducerNumber(mark.Producer, envelope.PartitionGroup, mark.Epoch, mark.Seq)
                : null,
        };
    }

    private static IngestStatus StatusOf(AppendStatus status) => status switch
    {
        AppendStatus.Stored => IngestStatus.Stored,
        AppendStatus.Duplicate => IngestStatus.Duplicate,
        AppendStatus.Conflict => IngestStatus.Conflict,
        AppendStatus.StaleProducer => IngestStatus.StaleProducer,
        AppendStatus.ProducerGap => IngestStatus.ProducerGap,
        AppendStatus.Pressure => IngestStatus.Pressure,
        AppendStatus.AfterRefused => IngestStatus.AfterRefused,
        _ => throw new ArgumentOutOfRangeException(nameof(status), status, "No such outcome of an append."),
    };

    private static Pressure? Worst(Pressure?[] pressures) => pressures
        .Where(pressure => pressure is not null)
        .OrderByDescending(pressure => pressure!.Value.State)
        .ThenByDescending(pressure => (double)pressure!.Value.Depth / Math.Max(1, pressure.Value.Limit))
        .FirstOrDefault();

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "An append of {Events} events to a stream of partition {Partition} failed.")]
        public static partial void Failed(ILogger logger, Exception fault, int partition, int events);
    }
}

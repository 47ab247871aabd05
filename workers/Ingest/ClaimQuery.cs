using Realtime.Protocol;
using Realtime.Protocol.Events;
using Realtime.Workers.Queries;

namespace Realtime.Workers.Ingest;

/// <summary>Who writes a terminal: <c>producer</c> and <c>producer_epoch</c>, both or none.</summary>
internal static class ClaimQuery
{
    private const string Producer = "producer";
    private const string ProducerEpoch = "producer_epoch";

    /// <summary>Reads them; null if they are absent or wrong.</summary>
    public static ProducerClaim? Read(QueryReader query)
    {
        string? producer = query.ReadText(Producer);
        long? epoch = query.ReadNumber(ProducerEpoch, 0, ProducerMark.NumberMax);
        if (producer is not null && !EntityName.IsValid(producer))
        {
            query.Refuse(Producer, $"must be a name: {EntityName.Rule}");
        }

        bool hasProducer = query.Has(Producer);
        if (hasProducer != query.Has(ProducerEpoch))
        {
            query.Refuse(hasProducer ? ProducerEpoch : Producer, "missing: producer and producer_epoch go together");
        }

        return producer is not null && epoch is { } life ? new ProducerClaim(producer, life) : null;
    }
}

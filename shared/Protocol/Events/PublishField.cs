namespace Realtime.Protocol.Events;

/// <summary>The fields of an event that is to be published.</summary>
[Flags]
internal enum PublishField
{
    None = 0,
    Channel = 1 << 0,
    Type = 1 << 1,
    Agent = 1 << 2,
    Task = 1 << 3,
    Project = 1 << 4,
    Group = 1 << 5,
    StateKey = 1 << 6,
    Key = 1 << 7,
    Ts = 1 << 8,
    Payload = 1 << 9,
    Producer = 1 << 10,
    ProducerEpoch = 1 << 11,
    ProducerSeq = 1 << 12,

    Required = Channel | Type | Payload,
    OfProducer = Producer | ProducerEpoch | ProducerSeq,
}

namespace Realtime.Protocol.Events;

/// <summary>An event while it is read, field by field.</summary>
internal sealed class PublishDraft
{
    public Channel Channel { get; set; }

    public string? Type { get; set; }

    public string? Agent { get; set; }

    public string? Task { get; set; }

    public string? Project { get; set; }

    public string? Group { get; set; }

    public string? StateKey { get; set; }

    public string? Key { get; set; }

    public long? ProducedMs { get; set; }

    public string? Producer { get; set; }

    public long ProducerEpoch { get; set; }

    public long ProducerSeq { get; set; }

    public byte[] Payload { get; set; } = [];

    public PublishEvent Build()
    {
        var envelope = new EventEnvelope
        {
            Channel = Channel,
            Type = Type!,
            Agent = Agent,
            Task = Task,
            Project = Project,
            Group = Group,
            StateKey = StateKey,
            ProducedMs = ProducedMs,
            Payload = Payload,
        };
        ProducerMark? mark = Producer is null ? null : new ProducerMark(Producer, ProducerEpoch, ProducerSeq);
        return new PublishEvent(envelope, Key, mark);
    }
}

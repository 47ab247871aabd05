namespace Realtime.Protocol.Events;

/// <summary>
/// An event as it is stored: what the producer said, without what the log adds (id, append time).
/// Immutable; one decoded instance serves all viewers of a worker.
/// </summary>
public sealed record EventEnvelope
{
    /// <summary>The class of the event.</summary>
    public required Channel Channel { get; init; }

    /// <summary>The event's own type, such as <c>agent.status</c>: a name by <see cref="EntityName"/>.</summary>
    public required string Type { get; init; }

    /// <summary>The agent it is about, if any.</summary>
    public string? Agent { get; init; }

    /// <summary>The task it is about, if any.</summary>
    public string? Task { get; init; }

    /// <summary>The project it is about, if any.</summary>
    public string? Project { get; init; }

    /// <summary>What keeps it in order with others: else agent, else task, else channel.</summary>
    public string? Group { get; init; }

    /// <summary>The key whose latest value this event is, if any.</summary>
    public string? StateKey { get; init; }

    /// <summary>The producer's clock, milliseconds since 1970; null if it gave none.</summary>
    public long? ProducedMs { get; init; }

    /// <summary>The payload: one MessagePack value; nil (0xc0) deletes the state key.</summary>
    public required ReadOnlyMemory<byte> Payload { get; init; }

    /// <summary>W3C <c>traceparent</c> of the publish, if it was sampled.</summary>
    public string? TraceParent { get; init; }

    /// <summary>
    /// The group that decides the partition: <see cref="Group"/>, else agent, else task, else channel.
    /// </summary>
    public string PartitionGroup => Group ?? Agent ?? Task ?? ChannelNames.NameOf(Channel);

    /// <summary>Whether the payload is nil.</summary>
    public bool IsPayloadNil => Payload.Length == 1 && Payload.Span[0] == 0xc0;
}

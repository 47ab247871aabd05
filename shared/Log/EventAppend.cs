namespace Realtime.Log;

/// <summary>One event to be appended.</summary>
public sealed record EventAppend
{
    /// <summary>The envelope as it will be stored.</summary>
    public required ReadOnlyMemory<byte> Envelope { get; init; }

    /// <summary>The key whose latest value this event is, if any.</summary>
    public string? StateKey { get; init; }

    /// <summary>Whether the event deletes its state key.</summary>
    public bool DeletesState { get; init; }

    /// <summary>
    /// The producer's idempotency key, if any: 1 to 128 characters from ! to ~. The same key within 10 minutes gives
    /// the first result again; with another <see cref="Envelope"/> it is a conflict.
    /// </summary>
    public string? IdempotencyKey { get; init; }

    /// <summary>The producer's number for it, if any; then an <see cref="IdempotencyKey"/> is not looked at.</summary>
    public ProducerNumber? Producer { get; init; }
}

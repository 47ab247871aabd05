namespace Realtime.Protocol.Events;

/// <summary>One event as a producer asked to publish it.</summary>
/// <param name="Envelope">The event.</param>
/// <param name="IdempotencyKey">The field <c>key</c>, if it was given: 1 to 128 characters from ! to ~.</param>
/// <param name="Producer">
/// The fields <c>producer</c>, <c>producer_epoch</c> and <c>producer_seq</c>, if they were given; then there is no key.
/// </param>
public readonly record struct PublishEvent(
    EventEnvelope Envelope, string? IdempotencyKey, ProducerMark? Producer = null);

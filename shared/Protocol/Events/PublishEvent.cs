namespace Realtime.Protocol.Events;

/// <summary>One event as a producer asked to publish it.</summary>
/// <param name="Envelope">The event.</param>
/// <param name="IdempotencyKey">The field <c>key</c>, if it was given: 1 to 128 characters from ! to ~.</param>
public readonly record struct PublishEvent(EventEnvelope Envelope, string? IdempotencyKey);

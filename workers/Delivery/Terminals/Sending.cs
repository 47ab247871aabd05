namespace Realtime.Workers.Delivery.Terminals;

/// <summary>What was sent in one go behind the live lane of a connection.</summary>
/// <param name="EndsAt">Where it ends, counted in bytes of all that was sent so.</param>
/// <param name="SentAt">When it was sent.</param>
/// <param name="WasAlone">Whether nothing else was in flight: then it took as long as the way takes.</param>
internal readonly record struct Sending(long EndsAt, long SentAt, bool WasAlone);

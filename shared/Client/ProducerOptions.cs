namespace Realtime.Client;

/// <summary>
/// Who publishes: its events are numbered, so that none is lost, doubled or swapped, however often it had to be tried
/// (PROTOCOL.md section 10), and the terminals that it writes are claimed for it.
/// </summary>
public sealed record ProducerOptions
{
    /// <summary>Its name, the same after each start: 1 to 128 characters of <c>A-Z a-z 0-9 . _ : -</c>.</summary>
    public required string Id { get; init; }

    /// <summary>
    /// Its life, higher after each start, 0 to 2^53 - 1; null = the time at which the client is made, in ms since 1970.
    /// Leave room between two: after a loss the client begins anew by itself, with the next higher one.
    /// </summary>
    public long? Epoch { get; init; }
}

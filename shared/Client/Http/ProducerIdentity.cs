namespace Realtime.Client.Http;

/// <summary>Who a client publishes as.</summary>
/// <param name="Id">The producer's name.</param>
/// <param name="Epoch">Its life.</param>
/// <param name="IsEpochGiven">Whether the application said so; else it is the time of the start.</param>
internal sealed record ProducerIdentity(string Id, long Epoch, bool IsEpochGiven)
{
    /// <summary>That of a client that is made now; null if its events have keys.</summary>
    public static ProducerIdentity? Of(RealtimeClientOptions options) => options.Producer is { } producer
        ? new ProducerIdentity(
            producer.Id, producer.Epoch ?? options.TimeProvider.GetUtcNow().ToUnixTimeMilliseconds(),
            producer.Epoch is not null)
        : null;
}

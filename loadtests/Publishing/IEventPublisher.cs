namespace Realtime.Loadtests.Publishing;

/// <summary>
/// One connection that publishes batches. Nothing is sent again: a retry would hide what is measured.
/// </summary>
internal interface IEventPublisher : IAsyncDisposable
{
    /// <summary>Publishes one batch; returns when the next may follow, and the batch be used again.</summary>
    /// <param name="batch">The events.</param>
    /// <param name="due">When each of them was due.</param>
    /// <param name="stopping">Ends it.</param>
    Task PublishAsync(EventBatch batch, IReadOnlyList<long> due, CancellationToken stopping);

    /// <summary>Returns when all is answered.</summary>
    Task CompleteAsync(CancellationToken stopping);
}

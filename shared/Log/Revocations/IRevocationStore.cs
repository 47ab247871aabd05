namespace Realtime.Log.Revocations;

/// <summary>
/// Revocations that all workers share. Bounded; each is kept until its time. Whoever reads it keeps a copy, and asks
/// for what changed.
/// </summary>
/// <exception cref="LogUnavailableException">Of every member: the store gave no answer.</exception>
public interface IRevocationStore
{
    /// <summary>
    /// Keeps a revocation, and rings. Of two of one key the later order and the longer time stand, so that it can be
    /// given again by whoever is not sure.
    /// </summary>
    /// <param name="revocation">What to keep.</param>
    /// <param name="entriesMax">How many there may be, undone ones that are still kept included.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>False if there is no room for another.</returns>
    Task<bool> AddAsync(Revocation revocation, int entriesMax, CancellationToken cancellationToken);

    /// <summary>Undoes one, and rings; false if there is none.</summary>
    Task<bool> RemoveAsync(RevocationKey key, CancellationToken cancellationToken);

    /// <summary>What changed behind a place, at most so many.</summary>
    Task<RevocationChanges> ReadAsync(RevocationPlace after, int countMax, CancellationToken cancellationToken);

    /// <summary>Has something called after each change, as a hint; dispose what is returned to stop.</summary>
    Task<IAsyncDisposable> ListenAsync(Action rung, CancellationToken cancellationToken);
}

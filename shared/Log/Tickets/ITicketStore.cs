namespace Realtime.Log.Tickets;

/// <summary>
/// Tickets that all workers share, by the hash of each: whoever reads the store can open nothing by what stands there.
/// Each is kept until it is taken, once, or its time is over.
/// </summary>
/// <exception cref="LogUnavailableException">Of every member: the store gave no answer. What was asked may have been
/// done; a ticket of which that is not known is to be treated as used.</exception>
public interface ITicketStore
{
    /// <summary>Keeps a ticket.</summary>
    /// <param name="hash">What stands for it: 1 to 128 characters of <c>[A-Za-z0-9]</c>, never given twice.</param>
    /// <param name="record">What it is good for.</param>
    /// <param name="lifetime">How long; 1 ms or more, by the store's own clock.</param>
    /// <param name="outstandingMax">How many of the tenant may be kept at a time.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>False if the tenant has no room for another.</returns>
    Task<bool> TryAddAsync(
        string hash, TicketRecord record, TimeSpan lifetime, int outstandingMax, CancellationToken cancellationToken);

    /// <summary>
    /// Takes a ticket out: of all who ask, at most one gets it. Null if there is none, or none any more.
    /// </summary>
    Task<TicketRecord?> TakeAsync(string hash, CancellationToken cancellationToken);
}

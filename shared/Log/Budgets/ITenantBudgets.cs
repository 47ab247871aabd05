namespace Realtime.Log.Budgets;

/// <summary>
/// What tenants use over all workers. Rates are settled after the fact: a worker lets a slice's worth through and tells
/// it here, so that no append waits for another call; what all together have let through too much is the workers times
/// their slices. Places of connections are counted by worker, each with a lease: those of one that dies come free.
/// </summary>
/// <exception cref="LogUnavailableException">Of every member: there was no answer.</exception>
public interface ITenantBudgets
{
    /// <summary>
    /// Notes what a worker let through since it last said so. A bucket of one second's worth each, filled at the rates.
    /// </summary>
    /// <param name="tenant">Whose; null: of all tenants together.</param>
    /// <param name="use">How much; may be nothing.</param>
    /// <param name="rates">How much there may be in a second; the same for all workers.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>How long nothing more should be let through.</returns>
    Task<BudgetWait> SettleAsync(
        string? tenant, BudgetUse use, BudgetRates rates, CancellationToken cancellationToken);

    /// <summary>Takes a place for one more connection, if there is one.</summary>
    /// <param name="holder">Who takes it.</param>
    /// <param name="own">What the worker has with this one, of its tenant and of its subject.</param>
    /// <param name="limits">How many there may be.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    Task<PlaceAnswer> EnterAsync(
        PlaceHolder holder, PlaceCount own, PlaceLimits limits, CancellationToken cancellationToken);

    /// <summary>
    /// Renews a worker's lease on its tenant's places, and says how many it has. With nothing left it leaves.
    /// </summary>
    /// <param name="holder">Who has them.</param>
    /// <param name="total">How many of the tenant.</param>
    /// <param name="subjects">How many of subjects whose number changed; 0: none any more.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>False if nothing was known of the worker's places before: all of them have to be told.</returns>
    Task<bool> ReportAsync(
        PlaceHolder holder, int total, IReadOnlyCollection<KeyValuePair<string, int>> subjects,
        CancellationToken cancellationToken);
}

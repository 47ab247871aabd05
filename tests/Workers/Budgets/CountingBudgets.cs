using Realtime.Log.Budgets;

namespace Realtime.Tests.Workers.Budgets;

/// <summary>Counts the calls, and may be away, or slow to answer.</summary>
internal sealed class CountingBudgets(ITenantBudgets inner) : ITenantBudgets
{
    private int _calls;

    public int Calls => Volatile.Read(ref _calls);

    public bool IsAway { get; set; }

    /// <summary>Settles only when this is done.</summary>
    public Task Answers { get; set; } = Task.CompletedTask;

    public async Task<BudgetWait> SettleAsync(
        string? tenant, BudgetUse use, BudgetRates rates, CancellationToken cancellationToken)
    {
        Count();
        await Answers;
        return await inner.SettleAsync(tenant, use, rates, cancellationToken);
    }

    public Task<PlaceAnswer> EnterAsync(
        PlaceHolder holder, PlaceCount own, PlaceLimits limits, CancellationToken cancellationToken)
    {
        Count();
        return inner.EnterAsync(holder, own, limits, cancellationToken);
    }

    public Task<bool> ReportAsync(
        PlaceHolder holder, int total, IReadOnlyCollection<KeyValuePair<string, int>> subjects,
        CancellationToken cancellationToken)
    {
        Count();
        return inner.ReportAsync(holder, total, subjects, cancellationToken);
    }

    private void Count()
    {
        Interlocked.Increment(ref _calls);
        if (IsAway)
        {
            throw FaultyLog.Away();
        }
    }
}

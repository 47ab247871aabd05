namespace Realtime.Log.Budgets;

/// <summary>How long nothing more should be let through: zero where there is room.</summary>
/// <param name="Events">Because of events.</param>
/// <param name="Bytes">Because of bytes.</param>
public readonly record struct BudgetWait(TimeSpan Events, TimeSpan Bytes)
{
    /// <summary>The longer of both.</summary>
    public TimeSpan Longest => Events > Bytes ? Events : Bytes;
}

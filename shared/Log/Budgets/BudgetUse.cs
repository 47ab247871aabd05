namespace Realtime.Log.Budgets;

/// <summary>What was let through.</summary>
/// <param name="Events">Events; of all tenants together, messages.</param>
/// <param name="Bytes">Bytes of events and terminals.</param>
public readonly record struct BudgetUse(long Events, long Bytes);

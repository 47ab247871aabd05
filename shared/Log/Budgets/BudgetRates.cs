namespace Realtime.Log.Budgets;

/// <summary>What may be let through in a second, each 1 or more.</summary>
/// <param name="EventsPerSecond">Events; of all tenants together, messages.</param>
/// <param name="BytesPerSecond">Bytes of events and terminals.</param>
public readonly record struct BudgetRates(long EventsPerSecond, long BytesPerSecond)
{
    /// <summary>So many that nobody reaches it.</summary>
    public const long NoLimit = 1L << 50;
}

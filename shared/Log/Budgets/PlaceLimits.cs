namespace Realtime.Log.Budgets;

/// <summary>How many places there are over all workers.</summary>
/// <param name="OfTenant">Of one tenant.</param>
/// <param name="OfSubject">Of one of its subjects.</param>
public readonly record struct PlaceLimits(int OfTenant, int OfSubject);

namespace Realtime.Log.Budgets;

/// <summary>The places that a worker has.</summary>
/// <param name="Total">Of the tenant.</param>
/// <param name="Subject">A subject of it.</param>
/// <param name="OfSubject">Of that subject.</param>
public readonly record struct PlaceCount(int Total, string Subject, int OfSubject);

namespace Realtime.Log.Budgets;

/// <summary>Whether there was a place.</summary>
/// <param name="Refusal">Whose places are all taken.</param>
/// <param name="Workers">How many workers have places of the tenant, this one included.</param>
public readonly record struct PlaceAnswer(PlaceRefusal Refusal, int Workers);

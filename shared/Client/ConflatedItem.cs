namespace Realtime.Client;

/// <summary>Values were left out because newer ones of the same state keys follow.</summary>
/// <param name="Count">How many.</param>
public sealed record ConflatedItem(long Count) : SubscriptionItem;

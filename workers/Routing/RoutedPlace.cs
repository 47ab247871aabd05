namespace Realtime.Workers.Routing;

/// <summary>Where a feed stands in a group of filters.</summary>
/// <param name="Group">The group; null if it stands in none.</param>
/// <param name="Index">Its index there.</param>
/// <param name="Subscriptions">How many of its subscriptions have the group's filter.</param>
internal readonly record struct RoutedPlace(FilterGroup? Group, int Index, int Subscriptions);

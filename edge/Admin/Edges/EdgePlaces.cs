namespace Realtime.Edge.Admin.Edges;

/// <summary>Places for connections.</summary>
/// <param name="Used">Taken.</param>
/// <param name="Max">In all.</param>
internal readonly record struct EdgePlaces(long Used, long Max);

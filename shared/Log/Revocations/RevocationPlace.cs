namespace Realtime.Log.Revocations;

/// <summary>Up to where somebody knows the store.</summary>
/// <param name="Life">
/// One life of the store: another one begins when what it held was lost. Null: knows nothing.
/// </param>
/// <param name="Version">The number of the last change known.</param>
public readonly record struct RevocationPlace(string? Life, long Version);

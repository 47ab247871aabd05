namespace Realtime.Log.Revocations;

/// <summary>The latest that became of a key.</summary>
/// <param name="Key">Whom it is about.</param>
/// <param name="Revocation">What stands; null if it was undone.</param>
public sealed record RevocationChange(RevocationKey Key, Revocation? Revocation);

namespace Realtime.Log;

/// <summary>The answer to taking or renewing a lease.</summary>
/// <param name="Status">Held, or why not.</param>
/// <param name="ExpiresAtMs">When it runs out, if it is held by this holder or another; by the log's clock.</param>
/// <param name="IsRenewed">Whether this life of the holder had it before, without having lost it.</param>
public readonly record struct LeaseResult(LeaseStatus Status, long ExpiresAtMs = 0, bool IsRenewed = false);

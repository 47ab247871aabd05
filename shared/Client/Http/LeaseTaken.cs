namespace Realtime.Client.Http;

/// <summary>A lease that was taken or renewed.</summary>
/// <param name="ExpiresAtMs">Until when, ms since 1970 by the log's clock.</param>
/// <param name="IsRenewed">Whether it was held before.</param>
internal readonly record struct LeaseTaken(long ExpiresAtMs, bool IsRenewed);

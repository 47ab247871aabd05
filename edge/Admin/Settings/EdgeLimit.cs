namespace Realtime.Edge.Admin.Settings;

/// <summary>One limit of the edge.</summary>
/// <param name="Key">The configuration's key.</param>
/// <param name="Limit">The limit.</param>
/// <param name="Used">How much of it is used now; null if that is not one number.</param>
internal sealed record EdgeLimit(string Key, long Limit, long? Used);

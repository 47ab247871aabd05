namespace Realtime.Workers.Internal;

/// <summary>One limit of this worker.</summary>
/// <param name="Key">The option that sets it.</param>
/// <param name="Limit">The limit.</param>
/// <param name="Used">How much of it is used now; null where nobody counts, as for limits of one connection.</param>
internal readonly record struct LimitFigure(string Key, long Limit, long? Used = null);

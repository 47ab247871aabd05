namespace Realtime.Log.Redis;

/// <summary>What a sweep of a partition's leases has to do.</summary>
/// <param name="Due">Leases that ran out.</param>
/// <param name="Sealing">Lost tasks whose terminal is still to be ended.</param>
/// <param name="Extended">How many leases got a new term.</param>
/// <param name="IsExtending">Whether more are to get one; until then none is due.</param>
internal sealed record LeaseWork(
    IReadOnlyList<LeaseEntry> Due, IReadOnlyList<LeaseEntry> Sealing, int Extended, bool IsExtending);

namespace Realtime.Log.Redis.Repartitioning;

/// <summary>How far a repartition is.</summary>
/// <param name="Phase">What it does now.</param>
/// <param name="TenantsDone">Tenants that are through with this phase.</param>
/// <param name="Tenants">Tenants there are.</param>
/// <param name="Events">Events copied by this run.</param>
public readonly record struct RepartitionProgress(
    RepartitionPhase Phase, int TenantsDone, int Tenants, long Events);

namespace Realtime.Log.Redis.Repartitioning;

/// <summary>The phases of a repartition, in their order; the last one is of an abort.</summary>
public enum RepartitionPhase
{
    /// <summary>The old partitions take nothing more from now on.</summary>
    Sealing,

    /// <summary>Events, latest values and idempotency keys are copied, a tenant at a time.</summary>
    Copying,

    /// <summary>The new partitions are in force; the old ones are removed.</summary>
    Removing,

    /// <summary>The new partitions are removed and the old ones opened again.</summary>
    Undoing,
}

namespace Realtime.Log;

/// <summary>How a tenant's events are divided into partitions.</summary>
public enum PartitionStrategy
{
    /// <summary>By hash of tenant and group, which is mostly the agent: see <see cref="Partitioner"/>.</summary>
    TenantAgentHash,
}

namespace Realtime.Log.Redis;

/// <summary>What a primary says of its memory.</summary>
/// <param name="Node">Its address, as it is configured or as the cluster tells it.</param>
/// <param name="UsedBytes">In use.</param>
/// <param name="MaxBytes">The limit; 0 = none.</param>
/// <param name="EvictedKeys">Keys deleted to make room, since its start.</param>
internal sealed record RedisMemory(string Node, long UsedBytes, long MaxBytes, long EvictedKeys);

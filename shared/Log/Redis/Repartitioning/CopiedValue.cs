namespace Realtime.Log.Redis.Repartitioning;

/// <summary>A latest value as it is stored, and the ms of its update by which it expires.</summary>
internal readonly record struct CopiedValue(string Key, byte[] Stored, double At);

namespace Realtime.Log.Redis.Repartitioning;

/// <summary>
/// An idempotency key: what is stored under it, the ms of its first use, and how long it is known yet.
/// </summary>
internal readonly record struct IdempotencyKey(string Name, double At, byte[] Stored, TimeSpan Left);

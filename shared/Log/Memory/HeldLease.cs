namespace Realtime.Log.Memory;

/// <summary>A lease, and when it runs out.</summary>
internal sealed record HeldLease(Lease Lease, long ExpiresAtMs);

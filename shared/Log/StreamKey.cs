namespace Realtime.Log;

/// <summary>Names one event stream: a tenant's share of one partition.</summary>
public readonly record struct StreamKey(string Tenant, int Partition);

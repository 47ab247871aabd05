namespace Realtime.Log.Budgets;

/// <summary>A worker that has places of a tenant.</summary>
/// <param name="Tenant">The tenant, a name.</param>
/// <param name="Worker">The worker, a name.</param>
/// <param name="Lease">How long they count if it is not heard of again.</param>
public readonly record struct PlaceHolder(string Tenant, string Worker, TimeSpan Lease);

namespace Realtime.Log;

/// <summary>Names one terminal stream: the output of a tenant's task.</summary>
public readonly record struct TerminalKey(string Tenant, string Task);

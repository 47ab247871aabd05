namespace Realtime.Log;

/// <summary>What is leased.</summary>
/// <param name="Tenant">Whose.</param>
/// <param name="Kind">An agent or a task.</param>
/// <param name="Name">Its name.</param>
public readonly record struct LeaseKey(string Tenant, LeaseKind Kind, string Name)
{
    /// <summary>The terminal of a task that is leased.</summary>
    internal TerminalKey Terminal => new(Tenant, Name);
}

namespace Realtime.Hosting.Health;

/// <summary>What one check says.</summary>
/// <param name="Status">Whether this part can serve.</param>
/// <param name="Reason">
/// Why not, or what is amiss all the same, for operators; null if all is well. No secrets, no tenants' data.</param>
public readonly record struct Readiness(ReadinessStatus Status, string? Reason)
{
    /// <summary>All is well.</summary>
    public static Readiness Ready => default;

    /// <summary>Leaving service.</summary>
    public static Readiness Draining(string reason) => new(ReadinessStatus.Draining, reason);

    /// <summary>Not able to serve.</summary>
    public static Readiness Unready(string reason) => new(ReadinessStatus.Unready, reason);
}

namespace Realtime.Client;

/// <summary>What a ticket is to open.</summary>
public sealed record TicketOptions
{
    /// <summary>The shortest time that a ticket may be good for.</summary>
    public static readonly TimeSpan LifetimeMin = TimeSpan.FromSeconds(1);

    /// <summary>The longest.</summary>
    public static readonly TimeSpan LifetimeMax = TimeSpan.FromMinutes(5);

    /// <summary>Grants, separated by spaces: no more than the token's. Null = all of them (default).</summary>
    public string? Scope { get; init; }

    /// <summary>The page that may use it, such as <c>https://app.example.org</c>; null = any that the server lets in
    /// (default).</summary>
    public string? Origin { get; init; }

    /// <summary>How long it may be used (1 s to 5 min, whole milliseconds; default null: as the server has it,
    /// 30 s).</summary>
    public TimeSpan? Lifetime { get; init; }
}

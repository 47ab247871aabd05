namespace Realtime.Log.Tickets;

/// <summary>What a ticket is good for: the identity of whoever asked for it.</summary>
public sealed record TicketRecord
{
    /// <summary>The tenant, a name.</summary>
    public required string Tenant { get; init; }

    /// <summary>The token's subject.</summary>
    public required string Subject { get; init; }

    /// <summary>What it may do: the token's scope, or less.</summary>
    public required string Scope { get; init; }

    /// <summary>The token's id, if it had one.</summary>
    public string? TokenId { get; init; }

    /// <summary>When the token was issued, in seconds since 1970 by its issuer's clock, if it says so.</summary>
    public long? IssuedAt { get; init; }

    /// <summary>
    /// How long the token is still good: a span, so that no worker's clock enters. At most 0 if it is over.
    /// </summary>
    public required TimeSpan TokenLeft { get; init; }

    /// <summary>The one origin whose pages may use it; null: it is bound to none.</summary>
    public string? Origin { get; init; }
}

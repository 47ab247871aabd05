namespace Realtime.Hosting.Identity;

/// <summary>Who a connection or request belongs to, as verified from a token. Never contains the token.</summary>
public sealed record Identity
{
    /// <summary>The tenant, a name.</summary>
    public required string Tenant { get; init; }

    /// <summary>The token's <c>sub</c>.</summary>
    public required string Subject { get; init; }

    /// <summary>What it may do.</summary>
    public required Grants Grants { get; init; }

    /// <summary>The token's <c>jti</c>, if it had one.</summary>
    public string? TokenId { get; init; }

    /// <summary>
    /// When the token was made, by its <c>iat</c>, to the second: the issuer's clock, whoever reads it. Null if it does
    /// not say.
    /// </summary>
    public DateTimeOffset? IssuedAt { get; init; }

    /// <summary>When the token expires.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>The edge that verified it.</summary>
    public string? EdgeId { get; init; }

    /// <summary>The edge's number for the connection or request, for logs.</summary>
    public string? ConnectionId { get; init; }
}

namespace Realtime.Log.Revocations;

/// <summary>
/// Tokens that are not accepted any more though they are valid: those of a tenant or subject that were issued up to a
/// time, or one by its id.
/// </summary>
public sealed record Revocation
{
    /// <summary>Longest reason, in characters.</summary>
    public const int ReasonLengthMax = 256;

    /// <summary>Whom it is about.</summary>
    public required RevocationKey Key { get; init; }

    /// <summary>When it was ordered, in milliseconds since 1970.</summary>
    public required long RevokedAtMs { get; init; }

    /// <summary>Up to when it is kept: by then every token that it is about must have expired.</summary>
    public required long UntilMs { get; init; }

    /// <summary>Why, for operators; may be empty.</summary>
    public string Reason { get; init; } = string.Empty;

    /// <summary>
    /// Whether a token is refused that was issued then. A token says so to the second, and one that doesn't say is
    /// refused; one that is revoked by its id whenever it was issued.
    /// </summary>
    public bool Refuses(DateTimeOffset? issuedAt) =>
        Key.Kind == RevocationKind.Token
        || issuedAt is not { } time
        || time.ToUnixTimeMilliseconds() <= RevokedAtMs;
}

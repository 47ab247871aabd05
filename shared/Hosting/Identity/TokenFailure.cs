namespace Realtime.Hosting.Identity;

/// <summary>Why a token was not accepted: a closed set, safe as a metric's label.</summary>
public enum TokenFailure
{
    /// <summary>Accepted.</summary>
    None,

    /// <summary>There is no token.</summary>
    Missing,

    /// <summary>It is no signed JWT, or a claim has a form that it must not have.</summary>
    Malformed,

    /// <summary>It is larger than 8 KiB, or its scope exceeds the limits of <see cref="Grants"/>.</summary>
    TooLarge,

    /// <summary>Its <c>alg</c> is not one that is accepted here.</summary>
    UnsupportedAlgorithm,

    /// <summary>The signature is not of a key that is known here.</summary>
    BadSignature,

    /// <summary>Its <c>exp</c> is past.</summary>
    Expired,

    /// <summary>It has no <c>exp</c>.</summary>
    NoExpiry,

    /// <summary>Its <c>nbf</c> or <c>iat</c> is to come.</summary>
    NotYetValid,

    /// <summary>It is for another audience.</summary>
    WrongAudience,

    /// <summary>It is of another issuer.</summary>
    WrongIssuer,

    /// <summary>It has no subject, or one that is too long.</summary>
    NoSubject,

    /// <summary>It has no tenant, or one that is no name.</summary>
    BadTenant,

    /// <summary>
    /// Nobody can say whether it is good: the keys of the identity provider could not be fetched. Another time it may
    /// be.
    /// </summary>
    KeysUnavailable,
}

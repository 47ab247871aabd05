using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Http;
using Realtime.Protocol.Messages;

namespace Realtime.Hosting.Identity;

/// <summary>What became of a token: an identity, or the reason why not.</summary>
public readonly record struct TokenVerification
{
    private static readonly TimeSpan KeysRetryAfter = TimeSpan.FromSeconds(5);

    /// <summary>Accepted.</summary>
    public TokenVerification(Identity identity) => Identity = identity;

    /// <summary>Not accepted.</summary>
    public TokenVerification(TokenFailure failure) => Failure = failure;

    /// <summary>Who it is; null if it was not accepted.</summary>
    public Identity? Identity { get; }

    /// <summary>Why it was not accepted.</summary>
    public TokenFailure Failure { get; }

    /// <summary>Whether it was accepted.</summary>
    [MemberNotNullWhen(true, nameof(Identity))]
    public bool Succeeded => Identity is not null;

    /// <summary>
    /// The code of <c>ErrorCodes</c> for the answer: <c>token_expired</c>, <c>bad_tenant</c>, <c>auth_unavailable</c>
    /// or <c>unauthorized</c>.
    /// </summary>
    public string ErrorCode => Failure switch
    {
        TokenFailure.Expired => ErrorCodes.TokenExpired,
        TokenFailure.BadTenant => ErrorCodes.BadTenant,
        TokenFailure.KeysUnavailable => ErrorCodes.AuthUnavailable,
        _ => ErrorCodes.Unauthorized,
    };

    /// <summary>The status for the answer: 403 for a bad tenant, 503 if nobody can say, else 401.</summary>
    public int StatusCode => Failure switch
    {
        TokenFailure.BadTenant => StatusCodes.Status403Forbidden,
        TokenFailure.KeysUnavailable => StatusCodes.Status503ServiceUnavailable,
        _ => StatusCodes.Status401Unauthorized,
    };

    /// <summary>When to try the same token again; null if that is of no use.</summary>
    public TimeSpan? RetryAfter => Failure == TokenFailure.KeysUnavailable ? KeysRetryAfter : null;

    /// <summary>What is wrong, for the client; says nothing of what is expected, nor anything of the token.</summary>
    public string Detail => Failure switch
    {
        TokenFailure.None => "The token is accepted.",
        TokenFailure.Missing => "A token is required: send 'Authorization: Bearer <token>'.",
        TokenFailure.Malformed => "The token is not a well-formed signed JWT.",
        TokenFailure.TooLarge => "The token is larger than 8 KiB, or its scope has more than 4 KiB or 64 grants.",
        TokenFailure.UnsupportedAlgorithm => "The token is signed by an algorithm that is not accepted.",
        TokenFailure.BadSignature => "The token's signature does not verify.",
        TokenFailure.Expired => "The token has expired. Get a fresh one.",
        TokenFailure.NoExpiry => "The token has no expiry ('exp').",
        TokenFailure.NotYetValid => "The token is not valid yet ('nbf' or 'iat').",
        TokenFailure.WrongAudience => "The token is for another audience.",
        TokenFailure.WrongIssuer => "The token is of another issuer.",
        TokenFailure.NoSubject => "The token has no subject, or one longer than 256 characters.",
        TokenFailure.KeysUnavailable =>
            "The token cannot be verified now: the keys of its issuer are not available. Nothing was done; try again.",
        _ => "The token has no tenant, or one that is no valid name.",
    };
}

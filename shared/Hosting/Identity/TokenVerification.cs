using System.Diagnostics.CodeAnalysis;

namespace Realtime.Hosting.Identity;

/// <summary>What became of a token: an identity, or the reason why not.</summary>
public readonly record struct TokenVerification
{
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

    /// <summary>The code of <c>ErrorCodes</c> for the answer: <c>token_expired</c>, <c>bad_tenant</c> or <c>unauthorized</c>.</summary>
    public string ErrorCode => throw new NotImplementedException();

    /// <summary>The status for the answer: 403 for a bad tenant, else 401.</summary>
    public int StatusCode => throw new NotImplementedException();

    /// <summary>What is wrong, for the client; says nothing of what is expected.</summary>
    public string Detail => throw new NotImplementedException();
}

using Realtime.Hosting.Identity.Jwks;
using Realtime.Hosting.Identity.Keys;

namespace Realtime.Hosting.Identity;

/// <summary>
/// Verifies tokens (JWT: HS256 by shared secrets, RS256 and ES256 by the keys that the identity provider publishes):
/// the one component for the edge's handshake and the worker's <c>auth</c> on an open socket.
/// </summary>
/// <remarks>
/// Signatures are the framework's (System.Security.Cryptography); the form of tokens and key sets is read here, with
/// limits. The token handler of Microsoft.IdentityModel is not used: version 5.7.2, the newest that can be had, reads
/// <c>exp</c> as 32 bits, so that tokens beyond January 2038 fail, reports every refusal by an exception, and parses
/// foreign JSON without a limit of depth.
/// </remarks>
public sealed class TokenVerifier
{
    /// <summary>Longest token, in characters.</summary>
    public const int TokenLengthMax = 8 * 1024;

    private readonly SecretList _secrets;
    private readonly JwksKeys? _jwks;
    private readonly TokenClaimsCheck _claims;

    /// <summary>Verifies by shared secrets alone, read once.</summary>
    public TokenVerifier(AuthOptions options, TimeProvider clock)
        : this(options, clock, new SecretList(options.ReadSigningKeys()), jwks: null)
    {
    }

    /// <summary>Verifies by keys as they are at each time.</summary>
    internal TokenVerifier(AuthOptions options, TimeProvider clock, SecretList secrets, JwksKeys? jwks)
    {
        _secrets = secrets;
        _jwks = jwks;
        _claims = new TokenClaimsCheck(options, clock);
    }

    /// <summary>
    /// Verifies a token. Never throws for what is in it. Waits only for a key that is not known, at most
    /// <see cref="AuthOptions.JwksTimeout"/>.
    /// </summary>
    public ValueTask<TokenVerification> VerifyAsync(string? token, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (string.IsNullOrEmpty(token))
        {
            return Refuse(TokenFailure.Missing);
        }

        if (token.Length > TokenLengthMax)
        {
            return Refuse(TokenFailure.TooLarge);
        }

        return CompactToken.TryParse(token) is { } parsed
            ? VerifyAsync(parsed, cancellationToken)
            : Refuse(TokenFailure.Malformed);
    }

    private static ValueTask<TokenVerification> Refuse(TokenFailure failure) =>
        ValueTask.FromResult(new TokenVerification(failure));

    private async ValueTask<TokenVerification> VerifyAsync(CompactToken token, CancellationToken cancellationToken)
    {
        using (token)
        {
            // The algorithm is that of a kind of key which is configured here; what the token says only finds it.
            SignatureVerdict? verdict = token.Algorithm switch
            {
                HmacKey.Name when _secrets.Current.Length > 0 => JudgeBySecrets(token),
                RsaKey.Name or EcdsaKey.Name when _jwks is not null => await _jwks.JudgeAsync(token, cancellationToken),
                _ => null,
            };
            return verdict switch
            {
                null => new TokenVerification(TokenFailure.UnsupportedAlgorithm),
                SignatureVerdict.Good => _claims.Check(token.Claims),
                SignatureVerdict.Bad => new TokenVerification(TokenFailure.BadSignature),
                _ => new TokenVerification(TokenFailure.KeysUnavailable),
            };
        }
    }

    // Secrets have no names here: a `kid` in such a token is the provider's own affair.
    private SignatureVerdict JudgeBySecrets(CompactToken token) =>
        HmacKey.IsSigned(_secrets.Current, token.SignedBytes, token.Signature)
            ? SignatureVerdict.Good
            : SignatureVerdict.Bad;
}

using Microsoft.IdentityModel.Tokens;

namespace Realtime.Hosting.Identity;

/// <summary>
/// Verifies tokens (JWT, HS256): the one component for the edge's handshake and the worker's <c>auth</c> on an open
/// socket.
/// </summary>
/// <remarks>
/// Signatures are verified by Microsoft.IdentityModel.Tokens, which also knows RSA and EC keys. Its token handler is
/// not used: version 5.7.2 reads <c>exp</c> as 32 bits, so that tokens beyond January 2038 fail, reports every refusal
/// by an exception, and parses foreign JSON without a limit of depth.
/// </remarks>
public sealed class TokenVerifier
{
    /// <summary>Longest token, in characters.</summary>
    public const int TokenLengthMax = 8 * 1024;

    private readonly SymmetricSecurityKey _key;
    private readonly TokenClaimsCheck _claims;

    /// <summary>Reads the key.</summary>
    public TokenVerifier(AuthOptions options, TimeProvider clock)
    {
        _key = new SymmetricSecurityKey(options.ReadSigningKey());
        _claims = new TokenClaimsCheck(options, clock);
    }

    /// <summary>Verifies a token. Never throws for what is in it.</summary>
    // Asynchronous because keys will be fetched, from the issuer's JWKS; a shared secret needs no wait.
    public ValueTask<TokenVerification> VerifyAsync(string? token, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return ValueTask.FromResult(Verify(token));
    }

    private TokenVerification Verify(string? token)
    {
        if (string.IsNullOrEmpty(token))
        {
            return new TokenVerification(TokenFailure.Missing);
        }

        if (token.Length > TokenLengthMax)
        {
            return new TokenVerification(TokenFailure.TooLarge);
        }

        using CompactToken? parsed = CompactToken.TryParse(token);
        if (parsed is null)
        {
            return new TokenVerification(TokenFailure.Malformed);
        }

        // The algorithm is ours to choose, by the kind of key, never the token's.
        if (parsed.Algorithm != SecurityAlgorithms.HmacSha256)
        {
            return new TokenVerification(TokenFailure.UnsupportedAlgorithm);
        }

        return IsSigned(parsed) ? _claims.Check(parsed.Claims) : new TokenVerification(TokenFailure.BadSignature);
    }

    private bool IsSigned(CompactToken token)
    {
        if (token.Signature.Length == 0)
        {
            return false; // The library throws for it.
        }

        CryptoProviderFactory factory = _key.CryptoProviderFactory;
        SignatureProvider provider = factory.CreateForVerifying(_key, SecurityAlgorithms.HmacSha256);
        try
        {
            return provider.Verify(token.SignedBytes, token.Signature);
        }
        finally
        {
            factory.ReleaseSignatureProvider(provider);
        }
    }
}

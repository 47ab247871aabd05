namespace Realtime.Hosting.Identity;

/// <summary>
/// Verifies tokens (JWT, HS256): the one component for the edge's handshake and the worker's <c>auth</c> on an open socket.
/// </summary>
public sealed class TokenVerifier(AuthOptions options, TimeProvider clock)
{
    /// <summary>Longest token, in characters.</summary>
    public const int TokenLengthMax = 8 * 1024;

    /// <summary>Verifies a token. Never throws for what is in it.</summary>
    public ValueTask<TokenVerification> VerifyAsync(string? token, CancellationToken cancellationToken) =>
        throw new NotImplementedException($"{options}{clock}");
}

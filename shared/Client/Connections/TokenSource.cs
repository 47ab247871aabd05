namespace Realtime.Client.Connections;

/// <summary>Asks for tokens, and remembers the last one for requests over HTTP.</summary>
internal sealed class TokenSource(TokenProvider provider)
{
    private volatile string? _last;

    /// <summary>Asks for a token.</summary>
    /// <exception cref="RealtimeException">The provider failed, or gave what is none (<c>token_failed</c>).</exception>
    public async Task<string> AskAsync(TokenAttempt attempt, CancellationToken cancellationToken)
    {
        string? token;
        try
        {
            token = await provider(attempt, cancellationToken).AsTask().WaitAsync(cancellationToken);
        }
        catch (Exception failure) when (!cancellationToken.IsCancellationRequested)
        {
            throw new RealtimeException(
                ClientErrorCodes.TokenFailed, $"The token provider failed: {failure.Message}", retry: true, failure);
        }

        // It goes into header lines and the list of subprotocols, where nothing else may stand.
        if (string.IsNullOrEmpty(token)
            || !token.All(static c => char.IsAsciiLetterOrDigit(c) || "-._~+/=".Contains(c, StringComparison.Ordinal)))
        {
            throw new RealtimeException(
                ClientErrorCodes.TokenFailed,
                "The token provider gave what can't be a token: letters, digits and - . _ ~ + / = are allowed.",
                retry: true);
        }

        return _last = token;
    }

    /// <summary>The last token, or the first one.</summary>
    public async Task<string> GetAsync(CancellationToken cancellationToken) =>
        _last ?? await AskAsync(new TokenAttempt(1, WasRefused: false), cancellationToken);

    /// <summary>Another token than the one refused; that same one if there is no other.</summary>
    public async Task<string> RenewAsync(string refused, CancellationToken cancellationToken) =>
        _last is { } last && last != refused
            ? last
            : await AskAsync(new TokenAttempt(1, WasRefused: true), cancellationToken);
}

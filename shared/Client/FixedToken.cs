namespace Realtime.Client;

/// <summary>A token that never changes: once it is refused, the client is closed.</summary>
public static class FixedToken
{
    /// <summary>A provider that always gives <paramref name="token"/>.</summary>
    /// <param name="token">The token, without <c>Bearer</c>: letters, digits and <c>- . _ ~ +</c>.</param>
    /// <exception cref="ArgumentException"><paramref name="token"/> is empty, or can't be a token.</exception>
    public static TokenProvider Of(string token)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(token);
        return TokenText.IsValid(token)
            ? new Given(token).GiveAsync
            : throw new ArgumentException(
                $"The text of {token.Length} characters can't be a token: {TokenText.Rule}. Is there a line end in it?",
                nameof(token));
    }

    /// <summary>Whether a provider always gives the same one.</summary>
    internal static bool Is(TokenProvider? provider) => provider?.Target is Given;

    private sealed class Given(string token)
    {
        public ValueTask<string> GiveAsync(TokenAttempt attempt, CancellationToken cancellationToken) =>
            ValueTask.FromResult(token);
    }
}

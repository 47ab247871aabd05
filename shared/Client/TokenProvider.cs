namespace Realtime.Client;

/// <summary>
/// Gives the bearer token. Asked before each attempt to connect, so that a fresh one is taken; requests over HTTP use
/// the token given last, and ask anew once it is refused. For a token that never changes: <see cref="FixedToken.Of"/>.
/// </summary>
/// <param name="attempt">For what it is asked.</param>
/// <param name="cancellationToken">Cancelled when the attempt's time is over or the client is closed.</param>
/// <returns>The token, without <c>Bearer</c>. An exception counts as a failed attempt (<c>token_failed</c>).</returns>
public delegate ValueTask<string> TokenProvider(TokenAttempt attempt, CancellationToken cancellationToken);

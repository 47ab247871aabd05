namespace Realtime.Client;

/// <summary>
/// Gives a ticket that nobody used yet, such as one's own server makes by
/// <see cref="RealtimeClient.CreateTicketAsync"/>.
/// Asked before each attempt to connect.
/// </summary>
/// <param name="attempt">For what it is asked.</param>
/// <param name="cancellationToken">Cancelled when the attempt's time is over or the client is closed.</param>
/// <returns>The ticket. An exception counts as a failed attempt (<c>token_failed</c>).</returns>
public delegate ValueTask<string> TicketProvider(TokenAttempt attempt, CancellationToken cancellationToken);

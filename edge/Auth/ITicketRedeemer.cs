namespace Realtime.Edge.Auth;

/// <summary>
/// Asks those who made the tickets whose a ticket is, and uses it up. A seam: who knows tickets stands behind the
/// forwarding stage, which comes after this one.
/// </summary>
internal interface ITicketRedeemer
{
    /// <summary>Redeems a ticket. Fails by its result, and throws only if it is cancelled.</summary>
    /// <param name="ticket">The ticket, of the right form; must not get into any log, URL or error.</param>
    /// <param name="origin">The request's <c>Origin</c>; null if it has none.</param>
    /// <param name="requestAborted">When the client leaves.</param>
    ValueTask<TicketRedemption> RedeemAsync(string ticket, string? origin, CancellationToken requestAborted);
}

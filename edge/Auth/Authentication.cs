using Realtime.Edge.Forwarding;
using Realtime.Hosting.Identity;
using Realtime.Hosting.Problems;
using Realtime.Protocol.Messages;

namespace Realtime.Edge.Auth;

/// <summary>
/// Verifies the token, or has the ticket redeemed, and drops everything else that a client says about itself: a stamp
/// is signed for the worker that is asked (<c>WorkerStamps</c>). A WebSocket is refused before it is one: with a plain
/// answer that says why.
/// </summary>
internal sealed partial class Authentication(
    RequestDelegate next, TokenVerifier verifier, EdgeOptions edge, ForwardingOptions forwarding, EdgeMetrics metrics,
    TimeProvider clock, ILogger<Authentication> logger, ITicketRedeemer? redeemer = null)
{
    private const string Challenge = "Bearer realm=\"realtime\"";

    /// <summary>Longest origin that a ticket can be bound to.</summary>
    private const int OriginLengthMax = 256;

    public async Task InvokeAsync(HttpContext context)
    {
        long startedAt = clock.GetTimestamp();
        metrics.Requested(Traffic.KindOf(context));
        ClientHeaders.Strip(context.Request.Headers);
        var token = RequestToken.Take(context.Request);
        if (token.IsAmbiguous)
        {
            metrics.Refused(EdgeStage.Auth, EdgeRefusal.ConflictingTokens);
            await Problem.WriteAsync(
                context, StatusCodes.Status400BadRequest, ErrorCodes.BadRequest,
                "The request carries two different tokens, or a token and a ticket. Send one: in Authorization, in "
                + "Sec-WebSocket-Protocol as bearer.<token>, or in the query as access_token or ticket.");
            return;
        }

        Identity? identity = token.Kind == RequestTokenKind.Ticket
            ? await RedeemAsync(context, token.Value!)
            : await VerifyAsync(context, token.Value);
        metrics.Spent(EdgeStage.Auth, clock.GetElapsedTime(startedAt));
        if (identity is null)
        {
            return;
        }

        context.Features.Set(identity with { EdgeId = edge.EdgeId, ConnectionId = context.TraceIdentifier });
        await next(context);
    }

    /// <summary>Whose the token is; null if the request was refused.</summary>
    private async Task<Identity?> VerifyAsync(HttpContext context, string? token)
    {
        TokenVerification verification = await verifier.VerifyAsync(token, context.RequestAborted);
        if (verification.Succeeded)
        {
            return verification.Identity;
        }

        metrics.Refused(verification.Failure);
        Log.Refused(logger, context.TraceIdentifier, verification.Failure);
        if (verification.StatusCode == StatusCodes.Status401Unauthorized)
        {
            // RFC 6750, 3.1: who sent no token is told the scheme alone.
            context.Response.Headers.WWWAuthenticate = verification.Failure == TokenFailure.Missing
                ? Challenge
                : $"{Challenge}, error=\"invalid_token\", error_description=\"{verification.Detail}\"";
        }

        await Problem.WriteAsync(
            context, verification.StatusCode, verification.ErrorCode, verification.Detail,
            retryAfter: verification.RetryAfter);
        return null;
    }

    /// <summary>Whose the ticket is; null if the request was refused.</summary>
    private async Task<Identity?> RedeemAsync(HttpContext context, string ticket)
    {
        string? origin = context.Request.Headers.Origin.Count == 0 ? null : context.Request.Headers.Origin.ToString();

        // Nor is one good for others: whoever got hold of one could go on for as long as the token is good.
        bool begets = context.Request.Path.StartsWithSegments("/v1/tickets");
        TicketRedemption redemption = redeemer is null || begets || !TicketForm.IsRight(ticket)
            || origin?.Length > OriginLengthMax
            ? new TicketRedemption(TicketFailure.Bad)
            : await redeemer.RedeemAsync(ticket, origin, context.RequestAborted);
        if (redemption.Succeeded)
        {
            return redemption.Identity;
        }

        Log.TicketRefused(logger, context.TraceIdentifier, redemption.Failure);
        if (redemption.Failure == TicketFailure.Bad)
        {
            metrics.Refused(EdgeStage.Auth, EdgeRefusal.BadTicket);
            context.Response.Headers.WWWAuthenticate = $"{Challenge}, error=\"invalid_token\"";
            await Problem.WriteAsync(
                context, StatusCodes.Status401Unauthorized, ErrorCodes.BadTicket,
                begets
                    ? "A ticket makes no ticket. Send the token."
                    : "The ticket opens nothing: it is unknown, used already, too old, or for another origin. Get a "
                        + "fresh one for each attempt.");
            return null;
        }

        if (redemption.Failure == TicketFailure.TooMany)
        {
            metrics.Refused(EdgeStage.Auth, EdgeRefusal.TicketRate);
            await Problem.WriteAsync(
                context, StatusCodes.Status429TooManyRequests, ErrorCodes.RateLimited,
                "This edge has as many tickets redeemed at once as it may; yours was not used. Try again, or another "
                + "edge.", retryAfter: forwarding.RetryAfter);
            return null;
        }

        metrics.Refused(EdgeStage.Auth, EdgeRefusal.TicketUnavailable);
        await Problem.WriteAsync(
            context, StatusCodes.Status503ServiceUnavailable,
            redemption.Failure == TicketFailure.NoWorker ? ErrorCodes.NoWorker : ErrorCodes.LogUnavailable,
            "The ticket cannot be redeemed now. Get a fresh one and try again.", retryAfter: forwarding.RetryAfter);
        return null;
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Debug, "Connection {ConnectionId}: token refused, {Failure}.")]
        public static partial void Refused(ILogger logger, string connectionId, TokenFailure failure);

        [LoggerMessage(2, LogLevel.Debug, "Connection {ConnectionId}: ticket refused, {Failure}.")]
        public static partial void TicketRefused(ILogger logger, string connectionId, TicketFailure failure);
    }
}

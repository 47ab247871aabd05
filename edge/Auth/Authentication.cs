using Realtime.Hosting.Identity;
using Realtime.Hosting.Problems;
using Realtime.Protocol.Messages;

namespace Realtime.Edge.Auth;

/// <summary>
/// Verifies the token, and drops everything else that a client says about itself: a stamp is signed for the worker
/// that is asked (<c>WorkerStamps</c>). A WebSocket is refused before it is one: with a plain answer that says why.
/// </summary>
internal sealed partial class Authentication(
    RequestDelegate next, TokenVerifier verifier, EdgeOptions edge, EdgeMetrics metrics,
    TimeProvider clock, ILogger<Authentication> logger)
{
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
                "The request carries two different tokens. Send one: in Authorization, in Sec-WebSocket-Protocol as "
                + "bearer.<token>, or in the query as access_token.");
            return;
        }

        TokenVerification verification = await verifier.VerifyAsync(token.Value, context.RequestAborted);
        metrics.Spent(EdgeStage.Auth, clock.GetElapsedTime(startedAt));
        if (!verification.Succeeded)
        {
            await RefuseAsync(context, verification);
            return;
        }

        Identity identity = verification.Identity with { EdgeId = edge.EdgeId, ConnectionId = context.TraceIdentifier };
        context.Features.Set(identity);
        await next(context);
    }

    private Task RefuseAsync(HttpContext context, TokenVerification verification)
    {
        metrics.Refused(verification.Failure);
        Log.Refused(logger, context.TraceIdentifier, verification.Failure);
        if (verification.StatusCode == StatusCodes.Status401Unauthorized)
        {
            // RFC 6750, 3.1: who sent no token is told the scheme alone.
            context.Response.Headers.WWWAuthenticate = verification.Failure == TokenFailure.Missing
                ? "Bearer realm=\"realtime\""
                : $"Bearer realm=\"realtime\", error=\"invalid_token\", error_description=\"{verification.Detail}\"";
        }

        return Problem.WriteAsync(context, verification.StatusCode, verification.ErrorCode, verification.Detail);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Debug, "Connection {ConnectionId}: token refused, {Failure}.")]
        public static partial void Refused(ILogger logger, string connectionId, TokenFailure failure);
    }
}

using Realtime.Hosting.Identity;
using Realtime.Hosting.Problems;
using Realtime.Protocol;
using Realtime.Protocol.Messages;
using Realtime.Workers.Delivery;
using Realtime.Workers.Revocations;

namespace Realtime.Workers.Connections;

/// <summary>
/// Judges fresh tokens on open connections: good, of the same tenant and subject, and not revoked.
/// </summary>
internal sealed partial class TokenRenewals(
    TokenVerifier verifier, RevocationSet revocations, RevocationMetrics revocationMetrics, ConnectionOptions options,
    ConnectionMetrics metrics, TimeProvider clock, ILogger<TokenRenewals> logger)
{
    public ConnectionOptions Options => options;

    public TimeProvider Clock => clock;

    /// <summary>Verifies a token, and has the connection go on with it.</summary>
    public async Task<RenewalOutcome> RenewAsync(
        HeldIdentity held, Outbox outbox, string token, CancellationToken closed)
    {
        try
        {
            RenewalOutcome outcome = await VerifyAsync(held, outbox, token, closed);
            metrics.Renewed(outcome.Renewed is null ? outcome.Refused?.Code ?? "late" : "authenticated");
            return outcome;
        }
        catch (OperationCanceledException) when (closed.IsCancellationRequested)
        {
            return default;
        }
        catch (Exception fault) when (fault is not OutOfMemoryException)
        {
            Log.Failed(logger, fault);
            metrics.Renewed(ErrorCodes.Internal);
            return Refuse(ErrorCodes.Internal, "Something went wrong here. It was logged.");
        }
    }

    /// <summary>Says why a token is not even looked at.</summary>
    public Refusal RefuseRate(string detail)
    {
        metrics.Renewed(ErrorCodes.RateLimited);
        return new Refusal(ErrorCodes.RateLimited, detail, CloseCode.LimitReached, Retry: true);
    }

    private async Task<RenewalOutcome> VerifyAsync(
        HeldIdentity held, Outbox outbox, string token, CancellationToken closed)
    {
        TokenVerification verified = await verifier.VerifyAsync(token, closed);
        if (!verified.Succeeded)
        {
            return Refuse(
                verified.ErrorCode, verified.Detail,
                verified.StatusCode >= StatusCodes.Status500InternalServerError);
        }

        Identity stands = held.Current;
        Identity fresh = verified.Identity with { EdgeId = stands.EdgeId, ConnectionId = stands.ConnectionId };
        if (fresh.Tenant != stands.Tenant || fresh.Subject != stands.Subject)
        {
            return Refuse(
                ErrorCodes.Forbidden, "The token is of another tenant or subject; connect with it instead.");
        }

        if (revocations.IsRevoked(fresh))
        {
            revocationMetrics.Refused("auth");
            return Refuse(ErrorCodes.TokenRevoked, "The token was revoked. Sign in again, if you may.");
        }

        if (!held.TryRenew(fresh))
        {
            return default;
        }

        // Whoever revoked it meanwhile looked at this connection when it had the other token, or sees this one.
        if (held.TryEnd(revocations.IsRevoked))
        {
            revocationMetrics.Refused("auth");
            outbox.Close(CloseCode.Unauthorized, ErrorCodes.TokenRevoked);
            return default;
        }

        return new RenewalOutcome(fresh, null);
    }

    private static RenewalOutcome Refuse(string code, string detail, bool? retry = null) =>
        new(null, new Refusal(code, detail, CloseCode.Unauthorized, retry ?? Problem.IsRetryable(code)));

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "A fresh token on an open connection could not be judged.")]
        public static partial void Failed(ILogger logger, Exception fault);
    }
}

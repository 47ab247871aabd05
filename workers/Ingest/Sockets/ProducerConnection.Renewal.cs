using Realtime.Protocol.Messages;
using Realtime.Workers.Connections;

namespace Realtime.Workers.Ingest.Sockets;

// What a producer is told of its token.
internal sealed partial class ProducerConnection
{
    public void TellExpiring(DateTimeOffset expiresAt) => Post(
        "expiring", json => ServerMessages.WriteExpiring(json, expiresAt.ToUnixTimeMilliseconds()));

    private Task TellRenewedAsync(RenewalOutcome outcome)
    {
        if (outcome.Renewed is { } renewed)
        {
            Post("authenticated", json => ServerMessages.WriteAuthenticated(
                json, renewed.ExpiresAt.ToUnixTimeMilliseconds()));
        }

        TellRefused(outcome.Refused);
        return Task.CompletedTask;
    }

    // No request, so no refusal of ingest: it is counted where tokens are.
    private void TellRefused(Refusal? refusal)
    {
        if (refusal is { } reason)
        {
            Post("error", json => ServerMessages.WriteError(
                json, reason.Code, reason.Detail, "auth", id: null, reason.Retry));
        }
    }
}

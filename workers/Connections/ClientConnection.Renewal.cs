using Realtime.Hosting.Identity;
using Realtime.Protocol.Messages;

namespace Realtime.Workers.Connections;

// What becomes of its subscriptions when its token is renewed, and what it is told of that.
internal sealed partial class ClientConnection
{
    public void TellExpiring(DateTimeOffset expiresAt) => Post(
        "expiring", json => ServerMessages.WriteExpiring(json, expiresAt.ToUnixTimeMilliseconds()));

    private async Task TellRenewedAsync(RenewalOutcome outcome)
    {
        if (outcome.Renewed is not { } renewed)
        {
            Refuse("auth", id: null, outcome.Refused);
            return;
        }

        try
        {
            await _turn.WaitAsync(closed);
        }
        catch (OperationCanceledException)
        {
            return; // Nobody is left to be told.
        }

        try
        {
            await NarrowAsync();

            // Last: whatever comes behind it comes by the grants of the fresh token.
            Post("authenticated", json => ServerMessages.WriteAuthenticated(
                json, renewed.ExpiresAt.ToUnixTimeMilliseconds()));
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Has every subscription show what the grants of now allow, and ends those of which nothing is left.
    /// </summary>
    private async Task NarrowAsync()
    {
        Grants grants = held.Current.Grants;
        foreach (string id in await events.NarrowAsync(grants))
        {
            Action? released = await events.UnsubscribeAsync(id);
            TellLost(id, "The fresh token's grants cover nothing of this filter.", released);
        }

        foreach (string id in terminals.FindLost(grants))
        {
            terminals.Unsubscribe(id);
            TellLost(id, "The fresh token's grants do not cover this terminal.", null);
        }
    }

    private void TellLost(string id, string detail, Action? told)
    {
        Post("unsubscribed", json => ServerMessages.WriteUnsubscribed(json, id), told);
        PostError(ErrorCodes.Forbidden, detail, "subscribe", id, retry: false);
    }
}

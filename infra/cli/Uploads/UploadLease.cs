using Realtime.Client;
using Realtime.Protocol.Messages;

namespace Realtime.Cli.Uploads;

/// <summary>
/// The lease on the task while its terminal is filled: nobody else writes to it, and when this process is killed,
/// viewers learn that the task is lost. The client gives it back when it is disposed.
/// </summary>
internal sealed class UploadLease(RealtimeClient client, string task, TimeSpan? ttl, UploadTeller teller)
{
    private bool _isSettled;

    /// <summary>The producer that a client needs for it: another one for each run, so that no run is taken for
    /// another.</summary>
    public static ProducerOptions? ProducerFor(UploadOptions options) =>
        options.LeaseTtl is null ? null : new ProducerOptions { Id = $"realtime-{Guid.NewGuid():N}" };

    /// <summary>Takes it, the first time.</summary>
    /// <exception cref="RealtimeException">Another one has it, or it can't be taken now.</exception>
    public async Task TakeAsync(CancellationToken cancellationToken)
    {
        if (ttl is not { } time || _isSettled)
        {
            return;
        }

        try
        {
            ProducerLease lease = await client.LeaseTaskAsync(
                task, new LeaseOptions { Ttl = time }, cancellationToken);
            lease.Lost.Register(() => teller.LeaseLost(lease.LossReason!));
        }
        catch (RealtimeException refusal) when (refusal.Code == ErrorCodes.Ended)
        {
            // What is there already may be sent again; if it is something else, that is refused.
        }

        _isSettled = true;
    }
}

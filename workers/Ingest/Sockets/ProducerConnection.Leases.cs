using Realtime.Log;
using Realtime.Protocol.Messages;

namespace Realtime.Workers.Ingest.Sockets;

/// <summary>
/// Leases are taken and released in the order of what they are about, but also behind what was refused there: a
/// producer that gave something up must not lose its lease for it.
/// </summary>
internal sealed partial class ProducerConnection
{
    private async Task LeaseAsync(
        string tenant, string doneOp, ProducerMessage.Request request, LeaseRequest lease,
        Func<Task<IngestAnswer>> executeAsync)
    {
        var place = new RequestTurn(_lanes, request.Seq);
        using LaneTurn? turn = lease.Task is { } task
            ? place.TryEnterTerminal(task)
            : place.EnterStream(
                Partitioner.Of(tenant, lease.Agent!, _services.Log.PartitionCount));
        if (turn is null)
        {
            Answer(doneOp, request, RefuseTerminal(request.Seq));
            return;
        }

        await turn.WaitAsync(_closed);
        Answer(doneOp, request, await executeAsync());
    }
}

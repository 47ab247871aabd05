using System.IO.Pipelines;
using Realtime.Protocol;
using Realtime.Workers.Delivery;

namespace Realtime.Workers.Ingest.Sockets;

/// <summary>The one send loop of a producer's connection: answers, notices, heartbeats, the close.</summary>
internal sealed class ProducerSender(Outbox outbox, PipeWriter output, Flusher flusher)
{
    /// <summary>Runs until the connection is closed by us (true), or the transport is gone or stuck (false).</summary>
    public async Task<bool> RunAsync()
    {
        while (!outbox.IsAborted)
        {
            // Looked at first: what was posted before the close goes out before it.
            (CloseCode Code, string Reason)? close = outbox.PeekClose();
            bool wrote = ControlLane.Write(outbox, output);
            if (close is { } end)
            {
                outbox.Format.WriteClose(output, end.Code, end.Reason);
                return await flusher.FlushAsync();
            }

            if (!wrote)
            {
                await outbox.Signal.WaitAsync();
            }
            else if (!await flusher.FlushAsync())
            {
                return false;
            }
        }

        return false;
    }
}

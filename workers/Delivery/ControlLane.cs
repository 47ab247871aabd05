using System.Buffers;

namespace Realtime.Workers.Delivery;

/// <summary>The first lane of every connection: its own messages, answers to pings, heartbeats.</summary>
internal static class ControlLane
{
    /// <summary>Writes all that waits; false if nothing did.</summary>
    /// <param name="outbox">Where it waits.</param>
    /// <param name="output">Where it goes.</param>
    /// <param name="writeCursors">Called before <c>drain</c> and after a heartbeat.</param>
    public static bool Write(Outbox outbox, IBufferWriter<byte> output, Action? writeCursors = null)
    {
        bool wrote = false;
        (byte[]? pong, bool heartbeat) = outbox.TakeDue();
        if (pong is not null)
        {
            outbox.Format.WritePong(output, pong);
            wrote = true;
        }

        while (outbox.TryTakeControl(out ControlMessage message))
        {
            if (message.Op == "drain")
            {
                writeCursors?.Invoke();
            }

            outbox.Format.WriteMessage(output, message);
            message.Sent?.Invoke();
            wrote = true;
        }

        if (heartbeat)
        {
            outbox.Format.WriteHeartbeat(output);
            writeCursors?.Invoke();
            wrote = true;
        }

        return wrote;
    }
}

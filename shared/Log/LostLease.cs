using System.Buffers;
using Realtime.Protocol.Events;
using Realtime.Protocol.MessagePack;

namespace Realtime.Log;

/// <summary>
/// The event by which the log itself says that a holder is gone: with an agent's status as its state key, so that who
/// asks for the latest values is not told that it is working.
/// </summary>
internal static class LostLease
{
    private const int PayloadFields = 3;

    /// <summary>
    /// What keeps the event in order with others, and so decides the stream: the agent, as for its own events; the
    /// task.
    /// </summary>
    public static string GroupOf(LeaseKey lease) => lease.Name;

    public static EventAppend EventOf(Lease lease)
    {
        bool isTask = lease.Key.Kind == LeaseKind.Task;
        string? stateKey = isTask ? null : $"agent:{lease.Key.Name}:status";
        var envelope = new EventEnvelope
        {
            Channel = isTask ? Channel.Tasks : Channel.Agents,
            Type = isTask ? "task.lost" : "agent.lost",
            Agent = isTask ? lease.Agent : lease.Key.Name,
            Task = isTask ? lease.Key.Name : null,
            Group = isTask ? GroupOf(lease.Key) : null,
            StateKey = stateKey,
            Payload = PayloadOf(lease.Holder.Producer),
        };
        var output = new ArrayBufferWriter<byte>();
        EnvelopeCodec.Write(output, envelope);
        return new EventAppend { Envelope = output.WrittenMemory, StateKey = stateKey };
    }

    private static ReadOnlyMemory<byte> PayloadOf(string holder)
    {
        var payload = new ArrayBufferWriter<byte>();
        MessagePackWriter.WriteMapHeader(payload, PayloadFields);
        MessagePackWriter.WriteString(payload, "status"u8);
        MessagePackWriter.WriteString(payload, "lost"u8);
        MessagePackWriter.WriteString(payload, "reason"u8);
        MessagePackWriter.WriteString(payload, "lease_expired"u8);
        MessagePackWriter.WriteString(payload, "holder"u8);
        MessagePackWriter.WriteString(payload, holder);
        return payload.WrittenMemory;
    }
}

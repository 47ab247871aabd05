using Realtime.Protocol.Events;

namespace Realtime.Tests.Workers.Delivery;

/// <summary>Events whose payload is a number.</summary>
internal static class NumberedEvents
{
    public static EventEnvelope Numbered(int number, string agent = "a1", string? stateKey = null) => new()
    {
        Channel = Channel.Agents,
        Type = "agent.step",
        Agent = agent,
        StateKey = stateKey,

        // MessagePack uint 32.
        Payload = (byte[])[0xce, .. BitConverter.GetBytes(System.Net.IPAddress.HostToNetworkOrder(number))],
    };

    /// <summary>The event that deletes a state key.</summary>
    public static EventEnvelope Deletion(string stateKey, string agent = "a1") =>
        Numbered(0, agent, stateKey) with { Payload = (byte[])[0xc0] };
}

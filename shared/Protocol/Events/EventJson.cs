using System.Buffers;

namespace Realtime.Protocol.Events;

/// <summary>The <c>event</c> message as JSON.</summary>
public static class EventJson
{
    /// <summary>
    /// Writes <c>{"op":"event","id":…}</c>. <c>ts</c> is the producer's clock, or the append time if it gave none.
    /// </summary>
    /// <param name="output">Where to.</param>
    /// <param name="envelope">The event.</param>
    /// <param name="position">Its id.</param>
    /// <param name="sentMs">When it is encoded, milliseconds since 1970.</param>
    /// <param name="snapshot">Whether it is a snapshot value: adds <c>"snapshot":true</c>.</param>
    public static void Write(
        IBufferWriter<byte> output, EventEnvelope envelope, EventPosition position, long sentMs, bool snapshot) =>
        throw new NotImplementedException();
}

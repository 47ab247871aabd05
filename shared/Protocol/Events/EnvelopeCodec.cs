using System.Buffers;

namespace Realtime.Protocol.Events;

/// <summary>The stored form of an event: a MessagePack array that begins with its version.</summary>
public static class EnvelopeCodec
{
    /// <summary>Writes the stored form; the same envelope always gives the same bytes.</summary>
    public static void Write(IBufferWriter<byte> output, EventEnvelope envelope) => throw new NotImplementedException();

    /// <summary>Reads a stored form; false if it is damaged or of a later version. The payload is a view of <paramref name="stored"/>.</summary>
    public static bool TryRead(ReadOnlyMemory<byte> stored, out EventEnvelope? envelope) => throw new NotImplementedException();
}

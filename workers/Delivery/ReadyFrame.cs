namespace Realtime.Workers.Delivery;

/// <summary>
/// One event in one wire format, ready to be written to a socket as it is; shared by all its receivers and never
/// changed. <see cref="Body"/> is the message alone, for arrays of replayed events.
/// </summary>
internal sealed class ReadyFrame(byte[] bytes, int bodyStart, int bodyLength)
{
    public ReadOnlySpan<byte> Bytes => bytes;

    public ReadOnlySpan<byte> Body => bytes.AsSpan(bodyStart, bodyLength);

    public int Length => bytes.Length;
}

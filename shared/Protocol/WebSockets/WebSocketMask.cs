using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;

namespace Realtime.Protocol.WebSockets;

/// <summary>
/// The masking of what clients send (RFC 6455, section 5.3): each byte XOR byte (position mod 4) of the key.
/// </summary>
internal static class WebSocketMask
{
    /// <summary>Masks or unmasks, which is the same.</summary>
    /// <param name="data">The bytes, changed in place.</param>
    /// <param name="key">The key, its first byte highest.</param>
    /// <param name="position">Position of the first byte in the frame's payload.</param>
    public static void Apply(Span<byte> data, uint key, long position)
    {
        // Turned so that the byte for the first position comes first.
        key = BitOperations.RotateLeft(key, 8 * (int)(position & 3));
        ulong wide = (ulong)key << 32 | key;
        if (BitConverter.IsLittleEndian)
        {
            wide = BinaryPrimitives.ReverseEndianness(wide);
        }

        Span<ulong> words = MemoryMarshal.Cast<byte, ulong>(data);
        for (int i = 0; i < words.Length; i++)
        {
            words[i] ^= wide;
        }

        // Eight is a multiple of four, so the rest begins with the key's first byte again.
        Span<byte> rest = data[(words.Length * sizeof(ulong))..];
        for (int i = 0; i < rest.Length; i++)
        {
            rest[i] ^= (byte)(key >> (24 - (8 * (i & 3))));
        }
    }
}

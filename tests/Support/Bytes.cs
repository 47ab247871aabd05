using System.Buffers;
using System.Text;

namespace Realtime.Tests.Support;

/// <summary>What a writer wrote.</summary>
internal static class Bytes
{
    public static byte[] Of(Action<IBufferWriter<byte>> write)
    {
        var output = new ArrayBufferWriter<byte>();
        write(output);
        return output.WrittenSpan.ToArray();
    }

    public static string TextOf(Action<IBufferWriter<byte>> write) => Encoding.UTF8.GetString(Of(write));

    /// <summary>Bytes from hexadecimal digits; spaces are for the eye.</summary>
    public static byte[] FromHex(string hex) => Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));
}

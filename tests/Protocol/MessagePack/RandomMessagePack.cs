using System.Buffers;
using System.Globalization;
using Realtime.Protocol.MessagePack;

namespace Realtime.Tests.Protocol.MessagePack;

/// <summary>Random values in every format, near the lengths at which headers change.</summary>
internal static class RandomMessagePack
{
    private static readonly int[] Lengths = [0, 1, 2, 3, 4, 8, 15, 16, 17, 31, 32, 255, 256, 70_000];
    private static readonly int[] Counts = [0, 1, 3, 15, 16, 40];

    private static readonly double[] Specials =
        [0, -0.0, double.PositiveInfinity, double.NegativeInfinity, double.NaN, double.Epsilon, float.MaxValue];

    public static void Write(IBufferWriter<byte> output, Random random, int depth)
    {
        switch (random.Next(depth > 0 ? 12 : 10))
        {
            case 0:
                MessagePackWriter.WriteNil(output);
                break;
            case 1:
                MessagePackWriter.WriteBoolean(output, random.Next(2) == 0);
                break;
            case 2:
                MessagePackWriter.WriteInteger(output, (long)random.Next(-70_000, 70_000));
                break;
            case 3:
                // Of any width, either sign.
                MessagePackWriter.WriteInteger(
                    output, random.NextInt64(long.MinValue, long.MaxValue) >> random.Next(64));
                break;
            case 4:
                MessagePackWriter.WriteInteger(output, (ulong)random.NextInt64() << random.Next(2));
                break;
            case 5:
                MessagePackWriter.WriteDouble(output, random.Next(8) == 0
                    ? Specials[random.Next(Specials.Length)]
                    : BitConverter.Int64BitsToDouble(random.NextInt64(long.MinValue, long.MaxValue)));
                break;
            case 6:
                MessagePackWriter.WriteSingle(output, random.Next(8) == 0
                    ? (float)Specials[random.Next(Specials.Length)]
                    : BitConverter.Int32BitsToSingle(random.Next(int.MinValue, int.MaxValue)));
                break;
            case 7:
                string text = string.Concat(Enumerable.Repeat("aé€😀\0", random.Next(3)));
                MessagePackWriter.WriteString(output, text + new string('x', Lengths[random.Next(Lengths.Length)]));
                break;
            case 8:
                MessagePackWriter.WriteBinary(output, RandomBytes(random));
                break;
            case 9:
                // -1 is a timestamp, which the other side takes apart.
                MessagePackWriter.WriteExtension(output, (sbyte)random.Next(128), RandomBytes(random));
                break;
            case 10:
                int count = Counts[random.Next(Counts.Length)];
                MessagePackWriter.WriteArrayHeader(output, count);
                for (int i = 0; i < count; i++)
                {
                    Write(output, random, depth - 1);
                }

                break;
            default:
                int pairs = Counts[random.Next(Counts.Length)];
                MessagePackWriter.WriteMapHeader(output, pairs);
                for (int i = 0; i < pairs; i++)
                {
                    MessagePackWriter.WriteString(output, string.Create(CultureInfo.InvariantCulture, $"k{i}"));
                    Write(output, random, depth - 1);
                }

                break;
        }
    }

    private static byte[] RandomBytes(Random random)
    {
        byte[] bytes = new byte[Lengths[random.Next(Lengths.Length)]];
        random.NextBytes(bytes);
        return bytes;
    }
}

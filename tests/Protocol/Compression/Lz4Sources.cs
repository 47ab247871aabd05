using Realtime.Protocol.Compression;
using Realtime.Tests.Support;

namespace Realtime.Tests.Protocol.Compression;

/// <summary>Bytes to compress: real, random, and those at the ends of what LZ4 can say.</summary>
internal static class Lz4Sources
{
    public static byte[] Of(string name) => name switch
    {
        "nothing" => [],
        "one" => [42],
        "text" => File.ReadAllBytes(Path.Combine(Repository.Root, "shared", "Protocol", "PROTOCOL.md")),
        "zeros" => new byte[1_000_000],
        "random" => Noise(100_000),
        "program" => File.ReadAllBytes(typeof(Lz4Block).Assembly.Location),
        "far" => [.. Noise(65_535), .. Noise(65_535), .. Noise(65_536), .. Noise(65_536)],
        _ => throw new ArgumentOutOfRangeException(nameof(name), name, "No such source."),
    };

    /// <summary>Bytes with runs, repetitions near and far, and noise, in a random order.</summary>
    public static byte[] Random(Random random, int lengthMax)
    {
        byte[] bytes = new byte[random.Next(lengthMax + 1)];
        for (int at = 0; at < bytes.Length;)
        {
            Span<byte> piece = bytes.AsSpan(at, Math.Min(random.Next(1, 300), bytes.Length - at));
            switch (random.Next(3))
            {
                case 0:
                    random.NextBytes(piece);
                    break;
                case 1:
                    piece.Fill((byte)random.Next(256));
                    break;
                default:
                    int from = random.Next(at + 1);
                    piece = piece[..Math.Min(piece.Length, Math.Max(1, at - from))];
                    bytes.AsSpan(from, piece.Length).CopyTo(piece);
                    break;
            }

            at += piece.Length;
        }

        return bytes;
    }

    // The same noise each time, so that a repetition of it can only be found far back.
    private static byte[] Noise(int length)
    {
        byte[] bytes = new byte[length];
        new Random(7).NextBytes(bytes);
        return bytes;
    }
}

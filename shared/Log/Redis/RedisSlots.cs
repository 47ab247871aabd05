using System.Text;

namespace Realtime.Log.Redis;

/// <summary>
/// Hash slots of Redis Cluster. A partition's hash tag is chosen so that partition i of P lies in the i-th of P equal
/// ranges of slots: nodes own ranges too, so however many there are, each holds nearly equally many partitions.
/// </summary>
internal static class RedisSlots
{
    /// <summary>How many slots a cluster has.</summary>
    public const int Count = 16384;

    /// <summary>
    /// The slot of what stands between the braces of a key: CRC16 (XMODEM: polynomial 0x1021, start 0), mod 16,384.
    /// </summary>
    public static int Of(string hashTag)
    {
        ushort crc = 0;
        foreach (byte b in Encoding.UTF8.GetBytes(hashTag))
        {
            crc ^= (ushort)(b << 8);
            for (int bit = 0; bit < 8; bit++)
            {
                crc = (ushort)((crc & 0x8000) != 0 ? (crc << 1) ^ 0x1021 : crc << 1);
            }
        }

        return crc % Count;
    }

    /// <summary>
    /// The tags of <paramref name="partitions"/> partitions: of each, the first of <c>p{i}</c>, <c>p{i}a</c>, …
    /// <c>p{i}z</c>,
    /// <c>p{i}aa</c>, … that lies in its range; after g repartitions of <c>p{i}g{g}</c>, <c>p{i}g{g}a</c>, …, which no
    /// other generation has. Part of the data model: it must never change.
    /// </summary>
    public static string[] TagsOf(int partitions, int generation = 0)
    {
        string middle = generation == 0 ? string.Empty : $"g{generation}";
        var tags = new string[partitions];
        for (int i = 0; i < partitions; i++)
        {
            int from = (int)((long)i * Count / partitions);
            int to = (int)((long)(i + 1) * Count / partitions);
            for (int attempt = 0; tags[i] is null; attempt++)
            {
                string tag = $"p{i}{middle}{Suffix(attempt)}";
                if (Of(tag) is int slot && slot >= from && slot < to)
                {
                    tags[i] = tag;
                }
            }
        }

        return tags;
    }

    // "", a, …, z, aa, ab, …: numbers to the base of 26 without a zero.
    private static string Suffix(int number)
    {
        string suffix = string.Empty;
        for (; number > 0; number = (number - 1) / 26)
        {
            suffix = (char)('a' + ((number - 1) % 26)) + suffix;
        }

        return suffix;
    }
}

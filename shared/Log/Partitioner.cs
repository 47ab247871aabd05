using System.Text;

namespace Realtime.Log;

/// <summary>
/// Decides which partition an event belongs to. Part of the data model: the same names give the same partition in every
/// process and every version, or order and resume would break.
/// </summary>
public static class Partitioner
{
    // Two names of the longest kind, ASCII, and the NUL between them; longer ones are hashed too, from the heap.
    private const int StackBytesMax = 2 * Protocol.EntityName.LengthMax + 1;

    /// <summary>XXH64 (seed 0) of UTF-8 tenant, NUL, group, modulo the number of partitions.</summary>
    /// <param name="tenant">The tenant.</param>
    /// <param name="group">What is kept in order: <c>EventEnvelope.PartitionGroup</c>.</param>
    /// <param name="partitions">How many partitions there are, at least 1.</param>
    /// <returns>0 to <paramref name="partitions"/> - 1.</returns>
    public static int Of(string tenant, string group, int partitions)
    {
        ArgumentNullException.ThrowIfNull(tenant);
        ArgumentNullException.ThrowIfNull(group);
        ArgumentOutOfRangeException.ThrowIfLessThan(partitions, 1);

        int bytes = Encoding.UTF8.GetByteCount(tenant) + 1 + Encoding.UTF8.GetByteCount(group);
        Span<byte> key = bytes <= StackBytesMax ? stackalloc byte[StackBytesMax] : new byte[bytes];
        int length = Encoding.UTF8.GetBytes(tenant, key);
        key[length++] = 0;
        length += Encoding.UTF8.GetBytes(group, key[length..]);
        return (int)(XxHash64.Hash(key[..length]) % (ulong)partitions);
    }
}

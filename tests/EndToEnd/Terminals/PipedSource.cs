using System.Security.Cryptography;

namespace Realtime.Tests.EndToEnd.Terminals;

/// <summary>What is piped into a terminal: known to the viewers, so that a wrong byte is found where it
/// comes.</summary>
internal sealed class PipedSource(byte[] bytes)
{
    public ReadOnlyMemory<byte> Bytes { get; } = bytes;

    public byte[] Sha256 { get; } = SHA256.HashData(bytes);

    /// <summary>Fails if these bytes do not stand at an offset.</summary>
    public void AssertHolds(long offset, ReadOnlySpan<byte> seen, string story)
    {
        Assert.True(
            offset + seen.Length <= Bytes.Length,
            $"{seen.Length} bytes at {offset}, of a source of {Bytes.Length}. {story}");
        int same = Bytes.Span.Slice((int)offset, seen.Length).CommonPrefixLength(seen);
        Assert.True(same == seen.Length, $"The byte at {offset + same} is not the source's. {story}");
    }
}

namespace Realtime.Tests.Chaos.Checking;

/// <summary>What a terminal's bytes are: each follows from its offset, so that anybody can check any piece.</summary>
internal sealed class TerminalTruth(string task, int seed)
{
    private long _length;

    public string Task => task;

    /// <summary>How many bytes were acknowledged.</summary>
    public long Length => Interlocked.Read(ref _length);

    /// <summary>What it ended with, once that was acknowledged.</summary>
    public int? ExitCode { get; set; }

    /// <summary>Bytes up to there were acknowledged.</summary>
    public void Acknowledged(long end) => Interlocked.Exchange(ref _length, Math.Max(end, Length));

    /// <summary>So many bytes from an offset on.</summary>
    public byte[] Bytes(long offset, int length)
    {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++)
        {
            bytes[i] = At(offset + i);
        }

        return bytes;
    }

    /// <summary>Where bytes first differ from what they should be; null if nowhere.</summary>
    public long? FirstDifference(long offset, ReadOnlySpan<byte> bytes)
    {
        for (int i = 0; i < bytes.Length; i++)
        {
            if (bytes[i] != At(offset + i))
            {
                return offset + i;
            }
        }

        return null;
    }

    // A mix of offset and seed (the finish of SplitMix64): neighbours have nothing in common, nor have terminals.
    private byte At(long offset)
    {
        ulong mixed = ((ulong)offset + 1) * 0x9E3779B97F4A7C15 + (ulong)seed;
        mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9;
        return (byte)((mixed ^ (mixed >> 27)) >> 24);
    }
}

namespace Realtime.Loadtests.Terminals;

/// <summary>
/// What terminals of a run say: the same output over and over, each terminal from another place of it, so that any byte
/// of any terminal is known by its offset.
/// </summary>
internal sealed class TerminalContent
{
    /// <summary>Longest slice.</summary>
    public const int SliceBytesMax = 256 * 1024;

    private readonly byte[] _bytes;
    private readonly int _length;
    private readonly int _terminals;

    /// <summary>Takes the output, at least one byte.</summary>
    public TerminalContent(ReadOnlySpan<byte> output, int terminals)
    {
        if (output.IsEmpty)
        {
            throw new ArgumentException("There is nothing to say.", nameof(output));
        }

        // Its beginning once more behind its end, so that every slice is in one piece.
        _length = output.Length;
        _terminals = terminals;
        _bytes = new byte[_length + SliceBytesMax];
        for (int at = 0; at < _bytes.Length; at += _length)
        {
            output[..Math.Min(_length, _bytes.Length - at)].CopyTo(_bytes.AsSpan(at));
        }
    }

    /// <summary>Bytes of a terminal from an offset on.</summary>
    public ReadOnlyMemory<byte> Slice(int terminal, long offset, int length)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, SliceBytesMax);
        long begin = (long)_length * terminal / _terminals;
        return _bytes.AsMemory((int)((begin + offset) % _length), length);
    }

    /// <summary>Whether these are the bytes of a terminal at an offset.</summary>
    public bool Holds(int terminal, long offset, ReadOnlySpan<byte> bytes) =>
        bytes.Length <= SliceBytesMax && Slice(terminal, offset, bytes.Length).Span.SequenceEqual(bytes);
}

using System.Buffers;

namespace Realtime.Cli.Publish;

/// <summary>A place in a text that is read piece by piece: how many lines and bytes came before it.</summary>
/// <param name="LinesBefore">Line ends before it.</param>
/// <param name="BytesBefore">Bytes of its line before it.</param>
internal readonly record struct InputPlace(long LinesBefore, long BytesBefore)
{
    /// <summary>The number of its line, from 1.</summary>
    public long Line => LinesBefore + 1;

    /// <summary>The place behind some bytes that stand here.</summary>
    public InputPlace After(ReadOnlySequence<byte> bytes)
    {
        InputPlace place = this;
        foreach (ReadOnlyMemory<byte> piece in bytes)
        {
            int lines = piece.Span.Count((byte)'\n');
            place = lines == 0
                ? place with { BytesBefore = place.BytesBefore + piece.Length }
                : new InputPlace(place.LinesBefore + lines, piece.Length - 1 - piece.Span.LastIndexOf((byte)'\n'));
        }

        return place;
    }

    /// <summary>Line and byte, from 1, of what stands that many lines and bytes behind it.</summary>
    public (long Line, long Byte) At(long lines, long bytes) =>
        (Line + lines, 1 + bytes + (lines == 0 ? BytesBefore : 0));
}

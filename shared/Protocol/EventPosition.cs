using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace Realtime.Protocol;

/// <summary>
/// Where an event stands, and its id on the wire: <c>&lt;partition&gt;:&lt;ms&gt;-&lt;offset&gt;.&lt;epoch&gt;</c>, for
/// example <c>3:1795230320701-12.k3x9qa</c>. As a cursor it means "everything up to and including this".
/// </summary>
/// <param name="Partition">Number of the partition, from 0.</param>
/// <param name="Entry">Id of the entry in the partition's stream.</param>
/// <param name="Epoch">The life of the stream that the id belongs to.</param>
public readonly record struct EventPosition(int Partition, EntryId Entry, Epoch Epoch)
{
    /// <summary>Longest text of a position, in characters: 4 + 1 + 19 + 1 + 19 + 1 + 6.</summary>
    public const int TextLengthMax = 51;

    /// <summary>Highest partition number that a position can name.</summary>
    public const int PartitionMax = 1023;

    /// <summary>
    /// Reads a position; false if the text is not exactly of the form, or the partition is above 1023.
    /// </summary>
    public static bool TryParse(ReadOnlySpan<char> text, out EventPosition position)
    {
        position = default;
        int colon = text.IndexOf(':');
        int dot = text.LastIndexOf('.');
        if (colon < 0 || dot < colon
            || !EntryId.TryParseNumber(text[..colon], out long partition) || partition > PartitionMax
            || !EntryId.TryParse(text[(colon + 1)..dot], out EntryId entry)
            || !Epoch.TryParse(text[(dot + 1)..], out Epoch epoch))
        {
            return false;
        }

        position = new EventPosition((int)partition, entry, epoch);
        return true;
    }

    /// <summary>Writes the text as ASCII; false if the destination is too short (51 bytes always do).</summary>
    public bool TryFormat(Span<byte> utf8, out int length)
    {
        Span<char> epoch = stackalloc char[Epoch.Length];
        epoch = epoch[..(Epoch.TryFormat(epoch) ? Epoch.Length : 0)];
        length = 0;
        if (!TryAppend(utf8, Partition, (byte)':', ref length)
            || !TryAppend(utf8, Entry.Ms, (byte)'-', ref length)
            || !TryAppend(utf8, Entry.Offset, (byte)'.', ref length)
            || !Encoding.ASCII.TryGetBytes(epoch, utf8[length..], out int epochLength))
        {
            length = 0;
            return false;
        }

        length += epochLength;
        return true;
    }

    /// <summary>The text <c>&lt;partition&gt;:&lt;ms&gt;-&lt;offset&gt;.&lt;epoch&gt;</c>.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Partition}:{Entry.Ms}-{Entry.Offset}.{Epoch}");

    // Not by interpolation, which boxes numbers until the code is optimized: every event passes here.
    private static bool TryAppend(Span<byte> utf8, long number, byte behind, ref int length)
    {
        if (!Utf8Formatter.TryFormat(number, utf8[length..], out int written) || length + written == utf8.Length)
        {
            return false;
        }

        length += written;
        utf8[length++] = behind;
        return true;
    }
}

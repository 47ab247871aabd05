using System.Buffers;
using System.Collections.Immutable;

namespace Realtime.Protocol.Messages;

/// <summary>
/// A cursor as one text: positions separated by commas, at most one for each partition, as in <c>after=</c> and in the
/// <c>Last-Event-ID</c> of server-sent events.
/// </summary>
public static class CursorText
{
    /// <summary>Longest text of a cursor, in characters: one position and comma for each of 1,024 partitions.</summary>
    public const int LengthMax = (EventPosition.PartitionMax + 1) * (EventPosition.TextLengthMax + 1);

    /// <summary>
    /// Reads a cursor; an empty text is one without positions. Nothing but commas may stand between positions.
    /// </summary>
    /// <param name="text">The text.</param>
    /// <param name="cursor">The positions, in the order given.</param>
    /// <param name="error">What is wrong and where, without the text itself.</param>
    public static bool TryParse(ReadOnlySpan<char> text, out ImmutableArray<EventPosition> cursor, out string? error)
    {
        cursor = [];
        error = null;
        if (text.IsEmpty)
        {
            return true;
        }

        if (text.Length > LengthMax)
        {
            error = "longer than one position for each of 1024 partitions";
            return false;
        }

        var builder = new CursorBuilder();
        foreach (Range item in text.Split(','))
        {
            if (!builder.TryAdd(text[item], out error))
            {
                return false;
            }
        }

        cursor = builder.Build();
        return true;
    }

    /// <summary>The text that <see cref="TryParse"/> reads.</summary>
    public static string Format(IReadOnlyList<EventPosition> cursor) => string.Join(',', cursor);

    /// <summary>Writes the text as ASCII.</summary>
    public static void Write(IBufferWriter<byte> output, IReadOnlyList<EventPosition> cursor)
    {
        for (int i = 0; i < cursor.Count; i++)
        {
            Span<byte> ascii = output.GetSpan(EventPosition.TextLengthMax + 1);
            int comma = i == 0 ? 0 : 1;
            ascii[0] = (byte)',';
            cursor[i].TryFormat(ascii[comma..], out int length);
            output.Advance(comma + length);
        }
    }
}

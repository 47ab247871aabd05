namespace Realtime.Workers.Terminals;

/// <summary>
/// Where in the bytes of a terminal a viewer may begin without seeing half a character or the rest of an escape
/// sequence as text.
/// </summary>
internal static class SafePoint
{
    private const byte LineFeed = 0x0A;
    private const byte Cancel = 0x18;
    private const byte Substitute = 0x1A;
    private const byte Escape = 0x1B;

    /// <summary>
    /// The first such place at or after the wanted one. If what stands there doesn't end within the bytes, the place
    /// where it began; if that can't be known either, a line's beginning or a sequence's, or at least a character's.
    /// </summary>
    /// <param name="bytes">What stands before and after the wanted place.</param>
    /// <param name="wanted">Index of the wanted place; the length = the end.</param>
    /// <param name="isBeginning">Whether the first of the bytes is the first there ever was.</param>
    public static int Find(ReadOnlySpan<byte> bytes, int wanted, bool isBeginning)
    {
        int known = isBeginning ? 0 : FindKnown(bytes[..wanted]);
        if (known < 0)
        {
            return FindAfterGap(bytes, wanted);
        }

        var scanner = new VtScanner { IsCertain = isBeginning };
        int safe = known;
        for (int i = known; i < bytes.Length; i++)
        {
            if (scanner.IsSafe)
            {
                safe = i;
                if (i >= wanted)
                {
                    break;
                }
            }

            scanner.Feed(bytes[i]);
        }

        if (scanner.IsSafe && safe < wanted)
        {
            safe = bytes.Length;
        }

        return scanner.IsCertain ? safe : OutOfString(bytes, safe);
    }

    // Nothing is known of what was before. Long strings such as images hold no line ends, and text seldom goes without.
    private static int FindAfterGap(ReadOnlySpan<byte> bytes, int wanted)
    {
        int known = FindKnown(bytes[wanted..]);
        if (known >= 0)
        {
            return OutOfString(bytes, wanted + known);
        }

        for (int i = wanted; i < bytes.Length && i <= wanted + 3; i++)
        {
            if ((bytes[i] & 0xC0) != 0x80)
            {
                return i;
            }
        }

        return wanted;
    }

    // The first place where a terminal is in ground, or may be taken to be: before a control that ends everything else,
    // or after a line.
    private static int FindKnown(ReadOnlySpan<byte> bytes)
    {
        for (int i = 0; i < bytes.Length; i++)
        {
            switch (bytes[i])
            {
                case Escape or Cancel or Substitute:
                case 0xC2 when i + 1 < bytes.Length && bytes[i + 1] is >= 0x80 and < 0xA0:
                    return i;
                case LineFeed:
                    return i + 1;
            }
        }

        return -1;
    }

    // A line's end may stand inside of a string (OSC, DCS, …) after all: then the next control is the one that ends
    // strings and means nothing else, ST. A terminal may begin right before it.
    private static int OutOfString(ReadOnlySpan<byte> bytes, int place)
    {
        ReadOnlySpan<byte> rest = bytes[place..];
        int escape = rest.IndexOf(Escape);
        bool isTerminator = escape >= 0 && escape + 1 < rest.Length && rest[escape + 1] == '\\';
        return isTerminator ? place + escape : place;
    }
}

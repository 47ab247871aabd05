using System.Globalization;

namespace Realtime.Protocol;

/// <summary>
/// The id of an entry in an event stream, written <c>&lt;ms&gt;-&lt;offset&gt;</c>: the Redis id itself.
/// <see cref="Offset"/> counts the stream's entries from 1 without holes; 0 stands before the first entry.
/// </summary>
/// <param name="Ms">Append time by the log's clock, milliseconds since 1970; never below that of an earlier
/// entry.</param>
/// <param name="Offset">Number of the entry in its stream, from 1; 0 = before the first.</param>
public readonly record struct EntryId(long Ms, long Offset) : IComparable<EntryId>
{
    /// <summary>The position before the first entry of a stream.</summary>
    public static readonly EntryId Zero;

    /// <inheritdoc/>
    public int CompareTo(EntryId other) => Ms != other.Ms ? Ms.CompareTo(other.Ms) : Offset.CompareTo(other.Offset);

    /// <summary>Order by time, then offset; inside one epoch this is the order of the offsets.</summary>
    public static bool operator <(EntryId left, EntryId right) => left.CompareTo(right) < 0;

    /// <inheritdoc cref="op_LessThan"/>
    public static bool operator >(EntryId left, EntryId right) => left.CompareTo(right) > 0;

    /// <inheritdoc cref="op_LessThan"/>
    public static bool operator <=(EntryId left, EntryId right) => left.CompareTo(right) <= 0;

    /// <inheritdoc cref="op_LessThan"/>
    public static bool operator >=(EntryId left, EntryId right) => left.CompareTo(right) >= 0;

    /// <summary>
    /// Reads <c>&lt;ms&gt;-&lt;offset&gt;</c>: two plain decimal numbers from 0 to 2^63-1, no signs, no leading zeros.
    /// </summary>
    public static bool TryParse(ReadOnlySpan<char> text, out EntryId id)
    {
        id = default;
        int dash = text.IndexOf('-');
        if (dash < 0 || !TryParseNumber(text[..dash], out long ms)
            || !TryParseNumber(text[(dash + 1)..], out long offset))
        {
            return false;
        }

        id = new EntryId(ms, offset);
        return true;
    }

    /// <summary>The text <c>&lt;ms&gt;-&lt;offset&gt;</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Ms}-{Offset}");

    // One text per number, so that equal positions are equal texts. The parser itself would pass over trailing NULs.
    internal static bool TryParseNumber(ReadOnlySpan<char> text, out long number)
    {
        number = 0;
        return !(text.Length > 1 && text[0] == '0')
            && !text.ContainsAnyExceptInRange('0', '9')
            && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
    }
}

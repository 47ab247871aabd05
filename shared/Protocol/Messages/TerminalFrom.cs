using System.Globalization;

namespace Realtime.Protocol.Messages;

/// <summary>Where a viewer wants a terminal to begin.</summary>
/// <param name="Kind">From the first byte retained, from some bytes before the end, or from an exact offset.</param>
/// <param name="Value">Bytes before the end, or the offset; 0 for the start.</param>
/// <param name="Epoch">The epoch that an exact offset belongs to; none = whichever it is.</param>
public readonly record struct TerminalFrom(TerminalFromKind Kind, long Value, Epoch Epoch)
{
    /// <summary>The form, for error messages.</summary>
    public const string Rule = "start, tail:<bytes>, <offset> or <offset>.<epoch>";

    /// <summary>From the first byte retained.</summary>
    public static readonly TerminalFrom Start = new(TerminalFromKind.Start, 0, default);

    /// <summary>
    /// Reads <c>start</c>, <c>tail:&lt;bytes&gt;</c>, <c>&lt;offset&gt;</c> or <c>&lt;offset&gt;.&lt;epoch&gt;</c>.
    /// </summary>
    public static bool TryParse(ReadOnlySpan<char> text, out TerminalFrom from)
    {
        from = Start;
        if (text.SequenceEqual("start"))
        {
            return true;
        }

        TerminalFromKind kind = TerminalFromKind.Offset;
        Epoch epoch = default;
        if (text.StartsWith("tail:"))
        {
            kind = TerminalFromKind.Tail;
            text = text[5..];
        }
        else if (text.IndexOf('.') is var dot and >= 0)
        {
            if (!Epoch.TryParse(text[(dot + 1)..], out epoch))
            {
                return false;
            }

            text = text[..dot];
        }

        bool valid = EntryId.TryParseNumber(text, out long value);
        from = new TerminalFrom(kind, value, epoch);
        return valid;
    }

    /// <summary>The text that <see cref="TryParse"/> reads.</summary>
    public override string ToString() => Kind switch
    {
        TerminalFromKind.Start => "start",
        TerminalFromKind.Tail => string.Create(CultureInfo.InvariantCulture, $"tail:{Value}"),
        _ => Epoch.IsNone
            ? Value.ToString(CultureInfo.InvariantCulture)
            : string.Create(CultureInfo.InvariantCulture, $"{Value}.{Epoch}"),
    };
}

using System.Globalization;
using System.Text;

namespace Realtime.Cli;

/// <summary>
/// Others' text for somebody's terminal: characters that would command the terminal, or turn the direction of what
/// stands beside them, are written out.
/// </summary>
internal static class VisibleText
{
    /// <summary>The text, without such characters.</summary>
    public static string Of(string text)
    {
        if (!text.Any(IsHidden))
        {
            return text;
        }

        var visible = new StringBuilder(text.Length + 16);
        foreach (char one in text)
        {
            _ = !IsHidden(one) ? visible.Append(one)
                : one is '\n' or '\t' ? visible.Append(' ')
                : visible.Append(CultureInfo.InvariantCulture, $"\\u{(int)one:x4}");
        }

        return visible.ToString();
    }

    // C0, DEL and C1; line and paragraph separators; marks, embeddings, overrides and isolates of direction.
    private static bool IsHidden(char one) => char.IsControl(one)
        || one is '\u061c' or '\u200e' or '\u200f' or (>= '\u2028' and <= '\u202e') or (>= '\u2066' and <= '\u2069');
}

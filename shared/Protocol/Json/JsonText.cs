using System.Text.Json;

namespace Realtime.Protocol.Json;

/// <summary>
/// Texts of a <see cref="Utf8JsonReader"/> without its exceptions. What is read must have been checked to be UTF-8, as
/// the reader does not check it.
/// </summary>
internal static class JsonText
{
    // One character of a text takes at most the six of \u0041.
    private const int BytesPerCharMax = 6;

    /// <summary>Whether every escaped surrogate of the reader's text has its other half.</summary>
    public static bool IsWellFormed(ref readonly Utf8JsonReader reader)
    {
        if (!reader.ValueIsEscaped)
        {
            return true;
        }

        ReadOnlySpan<byte> escaped = reader.ValueSpan;
        bool high = false;
        while (escaped.IndexOf((byte)'\\') is var at and >= 0)
        {
            if (high && at > 0)
            {
                return false;
            }

            bool isCodeUnit = escaped[at + 1] == 'u';
            int unit = isCodeUnit ? ReadHex(escaped.Slice(at + 2, 4)) : 0;
            if (high != unit is >= 0xdc00 and <= 0xdfff)
            {
                return false;
            }

            high = unit is >= 0xd800 and <= 0xdbff;
            escaped = escaped[(at + (isCodeUnit ? 6 : 2))..];
        }

        return !high;
    }

    /// <summary>Reads a text; false if it is none, is longer than allowed, or holds half a surrogate pair.</summary>
    public static bool TryGet(ref readonly Utf8JsonReader reader, int lengthMax, out string text)
    {
        text = string.Empty;
        if (reader.TokenType is not (JsonTokenType.String or JsonTokenType.PropertyName)
            || reader.ValueSpan.Length > lengthMax * BytesPerCharMax
            || !IsWellFormed(in reader))
        {
            return false;
        }

        text = reader.GetString()!;
        return text.Length <= lengthMax;
    }

    // The reader has checked that these are hexadecimal digits.
    private static int ReadHex(ReadOnlySpan<byte> digits)
    {
        int value = 0;
        foreach (byte digit in digits)
        {
            value = value << 4 | (digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10);
        }

        return value;
    }
}

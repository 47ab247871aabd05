
namespace Realtime.Protocol;

/// <summary>
/// One life of a stream: six random characters <c>[a-z0-9]</c>. A stream gets a new one when its history was lost,
/// reset or found inconsistent, so that a cursor of an earlier life is recognised. <c>default</c> is "no epoch".
/// </summary>
public readonly record struct Epoch
{
    /// <summary>Characters of an epoch.</summary>
    public const int Length = 6;

    private const string Alphabet = "abcdefghijklmnopqrstuvwxyz0123456789";

    // Six ASCII bytes in the low 48 bits, the first character highest; 0 is none.
    private readonly ulong _packed;

    private Epoch(ulong packed) => _packed = packed;

    /// <summary>Whether this is "no epoch".</summary>
    public bool IsNone => _packed == 0;

    /// <summary>
    /// A new random epoch, 31 bits. It tells lives apart and protects nothing, so nobody has to be unable to guess it;
    /// made for each call, of which few need it.
    /// </summary>
    public static Epoch Create() => Parse(Random.Shared.GetString(Alphabet, Length));

    /// <summary>Reads an epoch.</summary>
    /// <exception cref="FormatException">The text is not six characters <c>[a-z0-9]</c>.</exception>
    public static Epoch Parse(ReadOnlySpan<char> text) =>
        TryParse(text, out Epoch epoch) ? epoch : throw new FormatException("An epoch is six characters [a-z0-9].");

    /// <summary>Reads an epoch; false if the text is not six characters <c>[a-z0-9]</c>.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out Epoch epoch)
    {
        epoch = default;
        if (text.Length != Length)
        {
            return false;
        }

        ulong packed = 0;
        foreach (char c in text)
        {
            if (!char.IsAsciiDigit(c) && !char.IsAsciiLetterLower(c))
            {
                return false;
            }

            packed = packed << 8 | c;
        }

        epoch = new Epoch(packed);
        return true;
    }

    /// <summary>Writes the six characters; false if the destination is too short or this is none.</summary>
    public bool TryFormat(Span<char> destination)
    {
        if (IsNone || destination.Length < Length)
        {
            return false;
        }

        for (int i = 0; i < Length; i++)
        {
            destination[i] = (char)(byte)(_packed >> (8 * (Length - 1 - i)));
        }

        return true;
    }

    /// <summary>The six characters, or an empty string for none.</summary>
    public override string ToString()
    {
        Span<char> text = stackalloc char[Length];
        return TryFormat(text) ? new string(text) : string.Empty;
    }
}

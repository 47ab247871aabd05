namespace Realtime.Workers.Terminals;

/// <summary>
/// Follows terminal output byte by byte, only as far as to know where a character or an escape sequence is unfinished.
/// It does what xterm.js does, which the pages use: UTF-8 outside, C1 controls as characters (U+0080 to U+009F, not as
/// single bytes), and in a state that does not expect a character, back to ground. Begins in ground.
/// </summary>
internal struct VtScanner
{
    private const int Bell = 0x07;
    private const int Cancel = 0x18;
    private const int Substitute = 0x1A;
    private const int Escape = 0x1B;
    private const int Delete = 0x7F;

    private VtState _state;

    // A character that began and is not complete: its bits so far, how many bytes it has, and how many are missing.
    private int _character;
    private int _bytes;
    private int _missing;

    /// <summary>Whether a terminal that begins here shows what one shows that has seen all before.</summary>
    public readonly bool IsSafe => _state == VtState.Ground && _missing == 0;

    /// <summary>
    /// Whether something was seen after which any terminal is in the same state, whatever was before: ESC, CAN, SUB or
    /// a C1 control.
    /// </summary>
    public bool IsCertain { get; set; }

    public void Feed(byte next)
    {
        if (_missing > 0)
        {
            if ((next & 0xC0) == 0x80)
            {
                _character = (_character << 6) | (next & 0x3F);
                if (--_missing == 0)
                {
                    Complete();
                }

                return;
            }

            // What was begun is dropped, and this byte begins anew.
            _missing = 0;
        }

        switch (next)
        {
            case < 0x80:
                Take(next);
                break;
            case >= 0xC0 and < 0xE0:
                Begin(next & 0x1F, 2);
                break;
            case >= 0xE0 and < 0xF0:
                Begin(next & 0x0F, 3);
                break;
            case >= 0xF0 and < 0xF8:
                Begin(next & 0x07, 4);
                break;
            default:
                // A byte that no character has.
                break;
        }
    }

    private void Begin(int bits, int bytes)
    {
        _character = bits;
        _bytes = bytes;
        _missing = bytes - 1;
    }

    private void Complete()
    {
        bool isLegal = _bytes switch
        {
            2 => _character >= 0x80,
            3 => _character >= 0x800 && _character is not ((>= 0xD800 and <= 0xDFFF) or 0xFEFF),
            _ => _character is >= 0x10000 and <= 0x10FFFF,
        };
        if (isLegal)
        {
            Take(_character);
        }
    }

    private void Take(int character)
    {
        VtState? anywhere = character switch
        {
            Cancel or Substitute => VtState.Ground,
            Escape => VtState.Escape,
            0x90 => VtState.DcsEntry,
            0x98 or 0x9E or 0x9F => VtState.SosPmApcString,
            0x9B => VtState.CsiEntry,
            0x9D => VtState.OscString,
            >= 0x80 and < 0xA0 => VtState.Ground,
            _ => null,
        };
        IsCertain |= anywhere is not null;
        _state = anywhere ?? After(_state, character);
    }

    // Here a character is 0x00 to 0x7F without CAN, SUB and ESC, or at least 0xA0.
    private static VtState After(VtState state, int character) => state switch
    {
        VtState.Ground => VtState.Ground,
        VtState.OscString => character == Bell ? VtState.Ground : state,
        VtState.DcsPassthrough or VtState.DcsIgnore => state,
        VtState.SosPmApcString => character < 0x80 ? state : VtState.Ground,
        VtState.CsiIgnore => character is >= 0x40 and < Delete ? VtState.Ground : state,
        _ when character >= 0x80 => VtState.Ground,
        _ when character is < 0x20 or Delete => state,
        VtState.Escape => AfterEscape(character),
        VtState.EscapeIntermediate => character < 0x30 ? state : VtState.Ground,
        VtState.CsiEntry or VtState.CsiParameter or VtState.CsiIntermediate => character switch
        {
            >= 0x40 => VtState.Ground,
            < 0x30 => VtState.CsiIntermediate,
            _ when state == VtState.CsiIntermediate => VtState.CsiIgnore,
            >= 0x3C when state == VtState.CsiParameter => VtState.CsiIgnore,
            _ => VtState.CsiParameter,
        },
        _ => character switch
        {
            >= 0x40 => VtState.DcsPassthrough,
            < 0x30 => VtState.DcsIntermediate,
            _ when state == VtState.DcsIntermediate => VtState.DcsIgnore,
            >= 0x3C when state == VtState.DcsParameter => VtState.DcsIgnore,
            _ => VtState.DcsParameter,
        },
    };

    private static VtState AfterEscape(int character) => character switch
    {
        < 0x30 => VtState.EscapeIntermediate,
        'P' => VtState.DcsEntry,
        '[' => VtState.CsiEntry,
        ']' => VtState.OscString,
        'X' or '^' or '_' => VtState.SosPmApcString,
        _ => VtState.Ground,
    };
}

namespace Realtime.Log;

/// <summary>How large a terminal's screen is.</summary>
/// <param name="Columns">Characters in a line, 1 to 1,000.</param>
/// <param name="Rows">Lines, 1 to 1,000.</param>
public readonly record struct TerminalSize(int Columns, int Rows)
{
    /// <summary>Whether both are within the limits.</summary>
    public bool IsValid => Columns is >= 1 and <= LogLimits.TerminalColumnsMax
        && Rows is >= 1 and <= LogLimits.TerminalRowsMax;
}

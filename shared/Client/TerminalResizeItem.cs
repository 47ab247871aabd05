namespace Realtime.Client;

/// <summary>
/// From here on the program writes for a terminal of this size. The first one tells the size where delivery begins, if
/// it is known.
/// </summary>
/// <param name="Columns">Characters in a line, from 1.</param>
/// <param name="Rows">Lines, from 1.</param>
public sealed record TerminalResizeItem(int Columns, int Rows) : TerminalItem;

using System.Globalization;

namespace Realtime.Cli.Terminals;

/// <summary>Columns and rows of a terminal.</summary>
internal readonly record struct TerminalSize(int Columns, int Rows)
{
    /// <summary>Where there is no terminal to ask.</summary>
    public static readonly TerminalSize Default = new(120, 40);

    /// <summary>Most columns or rows that the server takes.</summary>
    public const int Max = 1000;

    /// <summary>Reads <c>120x40</c>.</summary>
    public static bool TryParse(string text, out TerminalSize size)
    {
        string[] parts = text.Split('x');
        size = default;
        if (parts.Length != 2
            || !int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out int columns)
            || !int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out int rows)
            || columns is < 1 or > Max || rows is < 1 or > Max)
        {
            return false;
        }

        size = new TerminalSize(columns, rows);
        return true;
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Columns}x{Rows}");
}

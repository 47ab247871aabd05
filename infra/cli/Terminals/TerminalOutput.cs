using System.Text;
using Spectre.Console;

namespace Realtime.Cli.Terminals;

/// <summary>
/// Where tables and bars are drawn: its width is asked of the terminal, not of the runtime's console.
/// </summary>
internal sealed class TerminalOutput(TextWriter writer, int descriptor) : IAnsiConsoleOutput
{
    /// <inheritdoc/>
    public TextWriter Writer => writer;

    /// <inheritdoc/>
    public bool IsTerminal => LocalTerminal.Is(descriptor);

    /// <inheritdoc/>
    public int Width => (LocalTerminal.Size ?? TerminalSize.Default).Columns;

    /// <inheritdoc/>
    public int Height => (LocalTerminal.Size ?? TerminalSize.Default).Rows;

    /// <inheritdoc/>
    public void SetEncoding(Encoding encoding)
    {
        // The writer has one: UTF-8.
    }
}

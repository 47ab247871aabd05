using System.CommandLine;

namespace Realtime.Cli;

/// <summary>What every command is given: where to write, the clock, and what stands on its command line.</summary>
internal sealed class CommandContext(
    ParseResult parsed, TextWriter output, TextWriter errors, Notices notices, TimeProvider clock)
{
    public ParseResult Parsed => parsed;

    /// <summary>Standard output, as text.</summary>
    public TextWriter Output => output;

    /// <summary>Standard error, as text.</summary>
    public TextWriter Errors => errors;

    public Notices Notices => notices;

    public TimeProvider Clock => clock;
}

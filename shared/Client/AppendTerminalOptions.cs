using Realtime.Protocol;

namespace Realtime.Client;

/// <summary>More about bytes that are appended to a terminal.</summary>
public sealed record AppendTerminalOptions
{
    /// <summary>Where the program wrote them (default: standard output).</summary>
    public TerminalStream Stream { get; init; } = TerminalStream.Stdout;

    /// <summary>
    /// After a <see cref="TerminalHoleException"/> whose missing bytes are gone here too: its epoch. The terminal
    /// begins a new life at the offset given, and viewers are told a gap.
    /// </summary>
    public Epoch? AfterLoss { get; init; }

    /// <summary>
    /// Do that by itself: after a hole, go on in a new life, once (default: false). For producers that keep nothing of
    /// what they have sent.
    /// </summary>
    public bool GoOnAfterLoss { get; init; }
}

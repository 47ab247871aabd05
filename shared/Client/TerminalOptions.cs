using Realtime.Protocol.Messages;

namespace Realtime.Client;

/// <summary>Options of a <see cref="TerminalSubscription"/>.</summary>
public sealed record TerminalOptions
{
    /// <summary>
    /// Where it begins: the first byte retained (the default), some bytes before the end, or an offset, such as
    /// <see cref="TerminalSubscription.Position"/> of an earlier process.
    /// </summary>
    public TerminalFrom From { get; init; } = TerminalFrom.Start;
}

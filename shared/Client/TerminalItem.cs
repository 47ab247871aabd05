namespace Realtime.Client;

/// <summary>
/// What a <see cref="TerminalSubscription"/> gives: <see cref="TerminalBytesItem"/>,
/// <see cref="TerminalResizeItem"/>, <see cref="TerminalGapItem"/> or, as the last one, <see cref="TerminalEndItem"/>.
/// </summary>
public abstract record TerminalItem
{
    private protected TerminalItem()
    {
    }
}

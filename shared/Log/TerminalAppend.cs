namespace Realtime.Log;

/// <summary>Bytes to be appended to a terminal.</summary>
public sealed record TerminalAppend
{
    /// <summary>
    /// At most 1 MiB; stored in chunks of at most 32 KiB. No bytes: nothing is stored, no terminal is made, and the
    /// answer tells the pressure.
    /// </summary>
    public required ReadOnlyMemory<byte> Data { get; init; }

    /// <summary>
    /// Where the producer believes the first byte stands, at most <see cref="LogLimits.TerminalOffsetMax"/>; null = at
    /// the end, whatever it is.
    /// </summary>
    public long? Offset { get; init; }

    /// <summary>Which output of the task the bytes come from.</summary>
    public TerminalSource Source { get; init; }

    /// <summary>
    /// Set after an epoch was lost: the epoch that is now there; starts a new life of the terminal at <see
    /// cref="Offset"/>.
    /// </summary>
    public Realtime.Protocol.Epoch? AfterLoss { get; init; }

    /// <summary>Who writes, if it says so: see <see cref="TerminalAppendStatus.Claimed"/>.</summary>
    public Realtime.Protocol.ProducerClaim? Claim { get; init; }
}

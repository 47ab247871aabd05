using Realtime.Workers.Delivery.Terminals;

namespace Realtime.Tests.Workers.Delivery.Terminals;

/// <summary>One terminal on a <see cref="SimulatedLink"/>, with as much output as is said.</summary>
internal sealed class SimulatedTerminal
{
    /// <summary>Where its output ends; without end at first.</summary>
    public long Output { get; set; } = long.MaxValue;

    /// <summary>Its viewer acknowledges nothing more.</summary>
    public bool IsStalled { get; set; }

    public SentPieces Sent { get; } = new();

    public long Position { get; set; }

    public long Arrived { get; set; }

    public long Shown { get; set; }

    public long Acknowledged { get; set; }
}

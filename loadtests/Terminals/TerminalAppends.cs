using Realtime.Loadtests.Measuring;
using Realtime.Loadtests.Steps;

namespace Realtime.Loadtests.Terminals;

/// <summary>What all producers of a run share: how long appends took.</summary>
internal sealed class TerminalAppends
{
    /// <summary>From due to being handed to the connection: what the client itself adds to the latency it
    /// measures.</summary>
    public Histogram Lateness { get; } = new();

    /// <summary>From due to the acknowledgement.</summary>
    public Step Append { get; } = Step.Measured("append");
}

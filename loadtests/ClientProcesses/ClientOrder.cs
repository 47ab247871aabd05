using Realtime.Loadtests.Audiences;
using Realtime.Loadtests.Targets;

namespace Realtime.Loadtests.ClientProcesses;

/// <summary>What a client process is told, one line of JSON each: open, then measure, then close.</summary>
internal sealed record ClientOrder
{
    /// <summary>The system; with <see cref="Part"/>: open these viewers.</summary>
    public TargetAccess? Access { get; init; }

    /// <summary>The viewers.</summary>
    public AudiencePart? Part { get; init; }

    /// <summary>Start and end of the measured time: measure.</summary>
    public long[]? Measure { get; init; }

    /// <summary>Events published in all: close.</summary>
    public long? Published { get; init; }
}

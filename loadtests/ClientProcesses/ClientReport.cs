using Realtime.Loadtests.Audiences;

namespace Realtime.Loadtests.ClientProcesses;

/// <summary>What a client process tells, one line of JSON each.</summary>
internal sealed record ClientReport
{
    /// <summary>All viewers are there.</summary>
    public bool IsOpen { get; init; }

    /// <summary>What was counted since the last line, by step.</summary>
    public IReadOnlyList<StepCounts> Steps { get; init; } = [];

    /// <summary>All is closed: what the viewers saw.</summary>
    public AudienceOutcome? Outcome { get; init; }

    /// <summary>It could not be done.</summary>
    public string? Failure { get; init; }
}

namespace Realtime.Devhost.Demo;

/// <summary>What one demo agent does: its tasks, one after the other, and again from the first.</summary>
internal sealed record DemoPlan
{
    /// <summary>The agent's id.</summary>
    public required string Agent { get; init; }

    /// <summary>Its tasks, in order.</summary>
    public required IReadOnlyList<DemoTask> Tasks { get; init; }

    /// <summary>Its rests between tasks are so many times the usual one: for what costs the machine more.</summary>
    public int RestFactor { get; init; } = 1;
}

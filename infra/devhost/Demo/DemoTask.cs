namespace Realtime.Devhost.Demo;

/// <summary>One task of a plan: steps that share one terminal. A step that fails ends it.</summary>
internal sealed record DemoTask
{
    /// <summary>What it is about, for people.</summary>
    public required string Title { get; init; }

    /// <summary>Where its commands run.</summary>
    public required string Directory { get; init; }

    /// <summary>Its steps, in order; at least one.</summary>
    public required IReadOnlyList<DemoStep> Steps { get; init; }

    /// <summary>What it may cost, in dollars, before the agent is stopped; none by default.</summary>
    public double? BudgetDollars { get; init; }

    /// <summary>Called before it starts: puts the directory into the state wanted.</summary>
    public Action? Prepare { get; init; }

    /// <summary>All its commands as one line.</summary>
    public string Command => string.Join(" && ", Steps.Select(step => step.Command));
}

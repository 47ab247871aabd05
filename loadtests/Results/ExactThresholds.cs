namespace Realtime.Loadtests.Results;

/// <summary>What must hold of events at any speed.</summary>
internal static class ExactThresholds
{
    /// <summary>Nothing lost, twice, out of order, where it should not be, cut off or refused.</summary>
    public static IReadOnlyList<Threshold> OfEvents { get; } =
    [
        new(FigureNames.Missing, 0), new(FigureNames.Duplicates, 0), new(FigureNames.OutOfOrder, 0),
        new(FigureNames.Misrouted, 0), new(FigureNames.Disconnected, 0), new(FigureNames.Refused, 0),
    ];
}

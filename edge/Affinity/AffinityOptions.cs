using System.ComponentModel.DataAnnotations;

namespace Realtime.Edge.Affinity;

/// <summary>How far keeping together may go before spreading out wins.</summary>
internal sealed record AffinityOptions
{
    public const string Section = "connection_plane:edge:affinity";

    /// <summary>Most load of a worker, as a multiple of the mean (1.05 to 10; default 1.25).</summary>
    [ConfigurationKeyName("load_bound"), Range(1.05, 10.0)]
    public double LoadBound { get; init; } = 1.25;

    /// <summary>
    /// Connections up to which a worker never counts as loaded (0 to 100,000; default 50): with a handful of viewers in
    /// all, the mean is so small that the bound alone would tear apart what belongs together, for nothing.
    /// </summary>
    [ConfigurationKeyName("load_floor"), Range(0, 100_000)]
    public int LoadFloor { get; init; } = 50;
}

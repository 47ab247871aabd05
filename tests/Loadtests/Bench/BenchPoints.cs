using Realtime.Loadtests.Bench;
using Realtime.Loadtests.Results;
using Realtime.Loadtests.Scenarios;

namespace Realtime.Tests.Loadtests.Bench;

/// <summary>Points as a bench makes them, of numbers.</summary>
internal static class BenchPoints
{
    public static BenchPoint Of(string contender, int offered, params RunResult[] runs) =>
        new(contender, offered, new LoadOptions { Clients = 10, Agents = 5, Rate = offered / 2 }, runs);

    public static RunResult Run(
        double p99 = 9, double edge = 20, double client = 5, double missing = 0, double duplicates = 0) => new()
        {
            Figures =
        [
            new(FigureNames.LatencyP50, p99 / 3), new(FigureNames.LatencyP95, p99 / 2),
            new(FigureNames.LatencyP99, p99), new(FigureNames.DeliveredPerSecond, 990),
            new(FigureNames.Missing, missing, Aggregation.Worst),
            new(FigureNames.Duplicates, duplicates, Aggregation.Worst),
            new(FigureNames.OutOfOrder, 0), new(FigureNames.Misrouted, 0), new(FigureNames.Disconnected, 0),
            new(FigureNames.Refused, 0), new("cpu_edge_s", 1), new("cpu_edge_s_per_million_deliveries", edge),
            new("cpu_client_s_per_million_deliveries", client), new("cpu_edge_s_per_million_events", 1),
            new(BenchPoint.LoadAverage, 1),
        ],
        };
}

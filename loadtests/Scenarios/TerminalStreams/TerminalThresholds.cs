using Realtime.Loadtests.Results;
using Realtime.Loadtests.Terminals;

namespace Realtime.Loadtests.Scenarios.TerminalStreams;

/// <summary>What must hold of terminals that are watched live (DESIGN.md section 13, and issue 4).</summary>
internal static class TerminalThresholds
{
    private const double LatencyP95MsMax = 100;
    private const double WirePercentMax = 25;

    /// <summary>Those of a load: JSON is not held to what LZ4 makes of bytes.</summary>
    public static IReadOnlyList<Threshold> Of(LoadOptions load) =>
    [
        new(FigureNames.LatencyP95, LatencyP95MsMax),
        new(FigureNames.MissingBytes, 0),
        new(FigureNames.RepeatedBytes, 0),
        new(FigureNames.Inexact, 0),
        new(FigureNames.AnnouncedBytes, 0),
        new(FigureNames.Disconnected, 0),
        new(FigureNames.Refused, 0),
        new(FigureNames.Paused, 0),
        .. load.Terminal!.Format == TerminalFormat.MessagePack
            ? [new Threshold(FigureNames.WirePercent, WirePercentMax)]
            : Array.Empty<Threshold>(),
        .. load.Terminal.Format != TerminalFormat.Json
            ? [new Threshold(FigureNames.BatchCompressionsPerBatch, 1)]
            : Array.Empty<Threshold>(),
    ];
}

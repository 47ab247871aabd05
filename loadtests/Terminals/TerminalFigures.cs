using Realtime.Loadtests.Measuring;
using Realtime.Loadtests.Results;

namespace Realtime.Loadtests.Terminals;

/// <summary>Figures that scenarios of terminals share.</summary>
internal static class TerminalFigures
{
    /// <summary>The worker's meter of terminals.</summary>
    public const string Meter = "Realtime.Terminals";

    private const double MsPerMicrosecond = 0.001;

    /// <summary>What went wrong with the bytes of all viewers together.</summary>
    public static IEnumerable<Figure> Exactness(IReadOnlyList<TerminalViewer> viewers, Func<int, long> endOf) =>
    [
        new(
            FigureNames.MissingBytes,
            viewers.Select((viewer, n) => viewer.Offsets.MissingUpTo(endOf(n))).Sum(),
            Aggregation.Worst),
        new(FigureNames.RepeatedBytes, viewers.Sum(viewer => viewer.Offsets.Repeated), Aggregation.Worst),
        new(FigureNames.Inexact, viewers.Sum(viewer => viewer.Inexact), Aggregation.Worst),
        new(FigureNames.AnnouncedBytes, viewers.Sum(viewer => viewer.Offsets.Announced), Aggregation.Worst),
    ];

    /// <summary>What producers met.</summary>
    public static IEnumerable<Figure> Producers(IReadOnlyList<TerminalWriter> writers, TerminalAppends appends) =>
    [
        new(FigureNames.Refused, writers.Sum(writer => writer.Producer.Refused), Aggregation.Worst),
        new(FigureNames.Paused, writers.Sum(writer => writer.Producer.Pauses), Aggregation.Worst),
        new("append_ack_p50_ms", appends.Append.Latency.Percentile(50) * MsPerMicrosecond),
        new("append_ack_p99_ms", appends.Append.Latency.Percentile(99) * MsPerMicrosecond),
        new("client_lateness_p50_ms", appends.Lateness.Percentile(50) * MsPerMicrosecond),
        new("client_lateness_p99_ms", appends.Lateness.Percentile(99) * MsPerMicrosecond),
    ];

    /// <summary>What the bytes were on the wire.</summary>
    public static IEnumerable<Figure> Wire(IReadOnlyList<TerminalViewer> viewers)
    {
        double received = Math.Max(1, viewers.Sum(viewer => viewer.Offsets.Received));
        double messages = Math.Max(1, viewers.Sum(viewer => viewer.Messages));
        yield return new Figure(FigureNames.WirePercent, viewers.Sum(viewer => viewer.WireBytes) * 100 / received);
        yield return new Figure("bytes_per_message", received / messages);
    }

    /// <summary>How often the workers compressed, whole batches and slices together; none if they could not be
    /// asked.</summary>
    public static IEnumerable<Figure> Compressions(IReadOnlyDictionary<string, double> counters)
    {
        double batches = Sum(counters, "realtime_terminal_batches_total");
        if (batches == 0)
        {
            yield break;
        }

        double whole = counters.GetValueOrDefault("realtime_terminal_compressions_total{of=batch}");
        double compressions = Sum(counters, "realtime_terminal_compressions_total");
        yield return new Figure("batches", batches);
        yield return new Figure("compressions", compressions);
        yield return new Figure("compressions_of_slices", compressions - whole);
        yield return new Figure(FigureNames.BatchCompressionsPerBatch, whole / batches, Aggregation.Worst);
        yield return new Figure("compressions_per_batch", compressions / batches);
        yield return new Figure(
            "compressed_to_percent",
            Sum(counters, "realtime_terminal_compression_out_bytes_total") * 100
                / Math.Max(1, Sum(counters, "realtime_terminal_compression_in_bytes_total")));
    }

    /// <summary>The distributions.</summary>
    public static IReadOnlyDictionary<string, Histogram> Histograms(Histogram latency, TerminalAppends appends) =>
        new Dictionary<string, Histogram>
        {
            ["latency"] = latency,
            ["append_ack"] = appends.Append.Latency,
            ["client_lateness"] = appends.Lateness,
        };

    /// <summary>What went wrong, in words.</summary>
    public static IEnumerable<string> Notes(IReadOnlyList<TerminalWriter> writers, TerminalAudience audience)
    {
        if (writers.Select(writer => writer.Producer.Reason)
            .FirstOrDefault(reason => reason is not null) is { } refused)
        {
            yield return $"first refused: {refused}";
        }

        if (audience.Ends.Count > 0)
        {
            yield return $"first disconnected: {audience.Ends[0]}";
        }
    }

    private static double Sum(IReadOnlyDictionary<string, double> counters, string name) => counters
        .Where(counter => counter.Key == name || counter.Key.StartsWith(name + "{", StringComparison.Ordinal))
        .Sum(counter => counter.Value);
}

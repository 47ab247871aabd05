using System.Buffers;
using System.Collections.Concurrent;
using System.Globalization;
using OpenTelemetry;
using OpenTelemetry.Metrics;

namespace Realtime.Hosting.Metrics;

/// <summary>
/// Writes all metrics when it is asked to. Collected only by <see cref="MetricsPipeline"/>, one after the other.
/// </summary>
[ExportModes(ExportModes.Pull)]
internal sealed class PrometheusExporter : BaseExporter<Metric>, IPullMetricExporter
{
    private const string Overflow = "otel.metric.overflow";

    private readonly Dictionary<(string, string, MetricType), string> _names = [];
    private readonly ArrayBufferWriter<byte> _labels = new(256);
    private readonly ConcurrentDictionary<string, (string Type, string Help)> _expected = [];
    private int _overflowing;

    /// <inheritdoc/>
    public Func<int, bool>? Collect { get; set; }

    /// <summary>Where the next collection is written to.</summary>
    public IBufferWriter<byte>? Output { get; set; }

    /// <summary>Metrics of which series were added up in the last collection, since there were too many.</summary>
    public int Overflowing => Volatile.Read(ref _overflowing);

    /// <summary>
    /// Has a sum without labels told as 0 before it was ever added to: else nobody could tell that nothing happened
    /// from that nothing is known.
    /// </summary>
    public void Expect(string name, bool isCounter, string help) =>
        _expected[name] = (isCounter ? "counter" : "gauge", help);

    /// <inheritdoc/>
    public override ExportResult Export(in Batch<Metric> batch)
    {
        if (Output is not { } output)
        {
            return ExportResult.Failure;
        }

        var metrics = new SortedDictionary<string, Metric?>(StringComparer.Ordinal);
        foreach (string silent in _expected.Keys)
        {
            metrics.Add(silent, null);
        }

        foreach (Metric metric in batch)
        {
            // Two of one name would make the whole answer unreadable: a test sees that ours are told apart.
            metrics[NameOf(metric)] = metric;
        }

        int overflowing = 0;
        foreach ((string name, Metric? found) in metrics)
        {
            if (found is not { } metric)
            {
                (string Type, string Help) expected = _expected[name];
                PrometheusText.WriteHead(output, name, expected.Type, expected.Help);
                PrometheusText.WriteSample(output, name, default, default, bound: null, 0);
            }
            else if (PrometheusName.TypeOf(metric.Name, metric.MetricType) is { } type)
            {
                PrometheusText.WriteHead(output, name, type, metric.Description);
                overflowing += WritePoints(output, name, metric) ? 1 : 0;
            }
        }

        Volatile.Write(ref _overflowing, overflowing);
        return ExportResult.Success;
    }

    private bool WritePoints(IBufferWriter<byte> output, string name, Metric metric)
    {
        bool isOverflowing = false;
        foreach (ref readonly MetricPoint point in metric.GetMetricPoints())
        {
            isOverflowing |= WriteLabels(point);
            if (metric.MetricType == MetricType.Histogram)
            {
                WriteHistogram(output, name, point);
            }
            else
            {
                PrometheusText.WriteSample(
                    output, name, default, _labels.WrittenSpan, bound: null, ValueOf(metric.MetricType, point));
            }
        }

        return isOverflowing;
    }

    private void WriteHistogram(IBufferWriter<byte> output, string name, in MetricPoint point)
    {
        // Each bucket holds all below its bound. The count is their sum, not the point's own, which another thread may
        // have raised since.
        long count = 0;
        foreach (HistogramBucket bucket in point.GetHistogramBuckets())
        {
            count += bucket.BucketCount;
            PrometheusText.WriteSample(
                output, name, "_bucket"u8, _labels.WrittenSpan, bucket.ExplicitBound, count);
        }

        PrometheusText.WriteSample(
            output, name, "_sum"u8, _labels.WrittenSpan, bound: null, point.GetHistogramSum());
        PrometheusText.WriteSample(output, name, "_count"u8, _labels.WrittenSpan, bound: null, count);
    }

    /// <summary>Whether the series stands for those that were too many.</summary>
    private bool WriteLabels(in MetricPoint point)
    {
        _labels.ResetWrittenCount();
        bool isOverflow = false;
        foreach (KeyValuePair<string, object?> tag in point.Tags)
        {
            string value = tag.Value switch
            {
                bool isTrue => isTrue ? "true" : "false",
                IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
                { } other => other.ToString() ?? string.Empty,
                null => string.Empty,
            };
            PrometheusText.WriteLabel(
                _labels, PrometheusName.Clean(tag.Key), value, isFirst: _labels.WrittenCount == 0);
            isOverflow |= tag.Key == Overflow;
        }

        return isOverflow;
    }

    private static double ValueOf(MetricType type, in MetricPoint point) => type switch
    {
        MetricType.LongSum or MetricType.LongSumNonMonotonic => point.GetSumLong(),
        MetricType.DoubleSum or MetricType.DoubleSumNonMonotonic => point.GetSumDouble(),
        MetricType.LongGauge => point.GetGaugeLastValueLong(),
        _ => point.GetGaugeLastValueDouble(),
    };

    private string NameOf(Metric metric)
    {
        (string Name, string Unit, MetricType Type) key = (metric.Name, metric.Unit, metric.MetricType);
        if (!_names.TryGetValue(key, out string? name))
        {
            _names.Add(key, name = PrometheusName.Of(key.Name, key.Unit, key.Type));
        }

        return name;
    }
}

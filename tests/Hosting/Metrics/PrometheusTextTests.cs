using System.Buffers;
using System.Globalization;
using System.Text;
using OpenTelemetry.Metrics;
using Realtime.Hosting.Metrics;
using Realtime.Tests.Support;
using Xunit.Abstractions;

namespace Realtime.Tests.Hosting.Metrics;

public sealed class PrometheusTextTests(ITestOutputHelper output)
{
    [Fact]
    public void A_metric_is_its_help_its_type_and_its_samples()
    {
        var text = new ArrayBufferWriter<byte>();
        var labels = new ArrayBufferWriter<byte>();

        PrometheusText.WriteHead(text, "a_total", "counter", "Says \\ and \"quotes\"\nin two lines.");
        PrometheusText.WriteLabel(labels, "kind", "one", isFirst: true);
        PrometheusText.WriteLabel(labels, "path", "C:\\\"x\"\ny", isFirst: false);
        PrometheusText.WriteSample(text, "a_total", default, labels.WrittenSpan, bound: null, 1);
        PrometheusText.WriteSample(text, "b", "_bucket"u8, default, 0.005, 12.5);
        PrometheusText.WriteSample(text, "b", "_bucket"u8, "k=\"v\""u8, double.PositiveInfinity, 1e21);
        PrometheusText.WriteSample(text, "c", default, default, bound: null, double.NaN);

        Assert.Equal(
            """
            # HELP a_total Says \\ and "quotes"\nin two lines.
            # TYPE a_total counter
            a_total{kind="one",path="C:\\\"x\"\ny"} 1
            b_bucket{le="0.005"} 12.5
            b_bucket{k="v",le="+Inf"} 1E+21
            c NaN

            """,
            Encoding.UTF8.GetString(text.WrittenSpan));
    }

    [Theory]
    [InlineData("dotnet.gc.collections", "{collection}", MetricType.LongSum, "dotnet_gc_collections_total")]
    [InlineData("dotnet.gc.pause.time", "s", MetricType.DoubleSum, "dotnet_gc_pause_time_seconds_total")]
    [InlineData("dotnet.timer.count", "{timer}", MetricType.LongSumNonMonotonic, "dotnet_timers")]
    [InlineData("dotnet.thread_pool.thread.count", "{thread}", MetricType.LongSum, "dotnet_thread_pool_threads")]
    [InlineData("realtime_x_bytes_total", "By", MetricType.LongSum, "realtime_x_bytes_total")]
    [InlineData("realtime_x_seconds", "s", MetricType.Histogram, "realtime_x_seconds")]
    [InlineData("realtime_x_ratio", "1", MetricType.DoubleGauge, "realtime_x_ratio")]
    [InlineData("9-lives", "", MetricType.LongGauge, "_9_lives")]
    public void Names_are_those_that_Prometheus_takes(string name, string unit, MetricType type, string expected) =>
        Assert.Equal(expected, PrometheusName.Of(name, unit, type));

    [Fact]
    public void Whatever_a_label_holds_is_read_back_and_stays_in_its_line() => Fuzzing.Run(output, random =>
    {
        const string Pieces = "ab\\\"\n\r{}=, \u00e9\ud83d\ude00\ud83d\u0000";
        string value = string.Concat(
            Enumerable.Range(0, random.Next(20)).Select(_ => Pieces[random.Next(Pieces.Length)]));
        var labels = new ArrayBufferWriter<byte>();
        var text = new ArrayBufferWriter<byte>();
        PrometheusText.WriteLabel(labels, "v", value, isFirst: true);
        PrometheusText.WriteSample(text, "x", default, labels.WrittenSpan, bound: null, random.NextDouble());

        string line = Encoding.UTF8.GetString(text.WrittenSpan);

        Assert.Equal(line.Length - 1, line.IndexOf('\n', StringComparison.Ordinal));
        string escaped = line["x{v=\"".Length..line.LastIndexOf("\"} ", StringComparison.Ordinal)];
        Assert.Equal(Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(value)), Unescape(escaped));
        Assert.True(double.TryParse(line[line.LastIndexOf(' ')..], CultureInfo.InvariantCulture, out _));
    });

    private static string Unescape(string escaped)
    {
        var text = new StringBuilder();
        for (int i = 0; i < escaped.Length; i++)
        {
            Assert.NotEqual('"', escaped[i]);
            text.Append(escaped[i] != '\\' ? escaped[i] : escaped[++i] == 'n' ? '\n' : escaped[i]);
        }

        return text.ToString();
    }
}

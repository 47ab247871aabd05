using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;

namespace Realtime.Hosting.Metrics;

/// <summary>How the reading of metrics goes.</summary>
internal sealed class ExpositionMetrics
{
    public const string MeterName = "Realtime.Metrics";

    private readonly Counter<long> _scrapes;
    private readonly Histogram<double> _seconds;

    // By the provider: the pipeline hears this meter when it is made itself.
    public ExpositionMetrics(IMeterFactory meters, IServiceProvider services)
    {
        Meter meter = meters.Create(MeterName);
        _scrapes = meter.CreateCounter<long>(
            "realtime_metrics_scrapes_total", "{scrape}", "Readings of /metrics, by what they came to.",
            Labels.Named("outcome"));
        _seconds = meter.CreateHistogram(
            "realtime_metrics_scrape_duration_seconds", "s", "Time to collect and write all metrics.",
            advice: Buckets.Latency);
        meter.CreateObservableGauge(
            "realtime_metrics_overflowing", () => services.GetRequiredService<MetricsPipeline>().Overflowing,
            "{metric}", "Metrics of which series were added up at the last reading, since there were too many.");
    }

    public void Scraped(string outcome, TimeSpan took)
    {
        _scrapes.Add(1, new KeyValuePair<string, object?>("outcome", outcome));
        _seconds.Record(took.TotalSeconds);
    }
}

using System.Diagnostics.Metrics;
using System.Text;
using Realtime.Tests.Workers;

namespace Realtime.Tests.Hosting.Metrics;

/// <summary>What reading the metrics may cost, and what it shows of a host among others in its process.</summary>
public sealed class MetricsReadingTests
{
    [Fact]
    public async Task Hosts_that_share_a_process_show_each_its_own()
    {
        await using RunningWorker busy = await RunningWorker.StartAsync();
        await using RunningWorker idle = await RunningWorker.StartAsync();

        await busy.PublishAsync(
            new { channel = "agents", type = "agent.status", agent = "a1", ts = 1, payload = new { } },
            new { channel = "agents", type = "agent.status", agent = "a2", payload = new { } });

        MetricsPage page = await ReadAsync(busy);
        Assert.Equal(2, page["realtime_ingest_events_stored_total"]);
        Assert.Equal(1, page["realtime_event_publish_to_append_seconds_bucket{le=\"+Inf\"}"]);
        Assert.Equal(0, page["realtime_event_publish_to_append_seconds_bucket{le=\"30\"}"]);
        Assert.Equal(1, page["realtime_ingest_batch_events_bucket{le=\"2\"}"]);
        Assert.Equal(0, page["realtime_ingest_batch_events_bucket{le=\"1\"}"]);
        Assert.Equal(1, page["realtime_ready"]);
        MetricsPage other = await ReadAsync(idle);
        Assert.Contains("realtime_ingest_events_stored_total", other.Series);
        Assert.Equal(0, other["realtime_ingest_events_stored_total"]);
    }

    [Fact]
    public async Task The_process_and_its_runtime_are_told_by_known_names()
    {
        await using RunningWorker worker = await RunningWorker.StartAsync();

        MetricsPage page = await ReadAsync(worker);

        Assert.InRange(page["process_cpu_seconds_total"], 0.01, 1e6);
        Assert.InRange(page["process_resident_memory_bytes"], 1e6, 1e12);
        Assert.InRange(page["process_open_handles"], 10, 1e6);
        Assert.InRange(page["process_max_fds"], 10, 1e12);
        Assert.InRange(page["process_num_threads"], 2, 1e5);
        double now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        Assert.InRange(page["process_start_time_seconds"], now - 1e5, now);
        Assert.Contains("dotnet_gc_collections_total{gc_heap_generation=\"gen2\"}", page.Series);
        Assert.Equal("gauge", page.Types["dotnet_thread_pool_threads"]);
    }

    [Fact]
    public async Task Who_comes_while_another_reads_waits_its_turn_but_not_for_ever()
    {
        await using RunningWorker worker = await RunningWorker.StartAsync(
            null, "--telemetry:metrics:scrape_timeout", "500ms");
        using var isReading = new ManualResetEventSlim();
        using var mayGoOn = new ManualResetEventSlim();
        worker.Get<IMeterFactory>().Create("Realtime.Slow").CreateObservableGauge("realtime_slow", () =>
        {
            isReading.Set();
            mayGoOn.Wait();
            return 1;
        }, "{thing}", "Read slowly.");

        Task<Answer> first = worker.GetAsync("/metrics", tenant: null);
        isReading.Wait();
        Answer second = await worker.GetAsync("/metrics", tenant: null);
        mayGoOn.Set();

        Assert.Equal(503, second.Status);
        Assert.Equal("1", second.Headers["Retry-After"]);
        await first;
        MetricsPage later = await ReadAsync(worker);
        Assert.Equal(1, later["realtime_slow"]);
        Assert.Equal(1, later["realtime_metrics_scrapes_total{outcome=\"timeout\"}"]);
    }

    [Fact]
    public async Task Series_beyond_the_limit_are_added_up_and_that_is_told()
    {
        await using RunningWorker worker = await RunningWorker.StartAsync(null, "--telemetry:metrics:series_max", "50");
        Counter<long> counter = worker.Get<IMeterFactory>().Create("Realtime.Many").CreateCounter<long>(
            "realtime_many_total", "{thing}", "Things.");

        for (int i = 0; i < 500; i++)
        {
            counter.Add(1, new KeyValuePair<string, object?>("number", i));
        }

        await ReadAsync(worker);
        MetricsPage page = await ReadAsync(worker);
        string[] series =
            [.. page.Series.Where(static one => one.StartsWith("realtime_many", StringComparison.Ordinal))];
        Assert.InRange(series.Length, 40, 52);
        Assert.Equal(500, series.Sum(one => page[one]));
        Assert.InRange(page["realtime_many_total{otel_metric_overflow=\"true\"}"], 440, 460);
        Assert.Equal(1, page["realtime_metrics_overflowing"]);
    }

    internal static async Task<MetricsPage> ReadAsync(RunningWorker worker)
    {
        Answer answer = await worker.GetAsync("/metrics", tenant: null);
        Assert.Equal(200, answer.Status);
        return MetricsPage.Read(Encoding.UTF8.GetString(answer.Body));
    }
}

using System.Diagnostics.Metrics;
using System.Reflection;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry.Metrics;
using Realtime.Edge;
using Realtime.Hosting.Metrics;
using Realtime.Tests.Edge;
using Realtime.Tests.Support;
using Realtime.Tests.Workers;

namespace Realtime.Tests.Hosting.Metrics;

/// <summary>
/// The checked-in list of metrics says what the instruments say. After a change of instruments:
/// <c>REALTIME_WRITE_METRICS=1 dotnet test tests --filter MetricsListTests</c> writes it anew.
/// </summary>
public sealed partial class MetricsListTests
{
    private static readonly string[] Documents =
        ["README.md", "edge", "workers", "shared", "infra", "loadtests", "tests/README.md"];

    // The runtime's own, of which it tells the labels with the values alone.
    private static readonly Dictionary<string, string[]> RuntimeLabels = new()
    {
        ["dotnet_exceptions_total"] = ["error_type"],
        ["dotnet_gc_collections_total"] = ["gc_heap_generation"],
        ["dotnet_gc_last_collection_heap_fragmentation_size_bytes"] = ["gc_heap_generation"],
        ["dotnet_gc_last_collection_heap_size_bytes"] = ["gc_heap_generation"],
        ["dotnet_process_cpu_time_seconds_total"] = ["cpu_mode"],
    };

    [Fact]
    public async Task The_list_holds_just_the_metrics_of_all_processes()
    {
        string[] expected =
        [
            MetricsList.Heading,
            .. (await FindAsync()).OrderBy(static one => one.Name, StringComparer.Ordinal)
                .Select(static one => one.ToString()),
        ];

        if (Environment.GetEnvironmentVariable("REALTIME_WRITE_METRICS") == "1")
        {
            await File.WriteAllLinesAsync(MetricsList.Path, expected);
            return;
        }

        string[] listed = await File.ReadAllLinesAsync(MetricsList.Path);
        Assert.True(
            expected.SequenceEqual(listed),
            "Run REALTIME_WRITE_METRICS=1 dotnet test tests --filter MetricsListTests; differing lines:\n"
                + string.Join('\n', expected.Except(listed).Concat(listed.Except(expected))));
    }

    [Fact]
    public void What_documents_dashboards_and_alerts_name_is_in_the_list()
    {
        MetricsList list = MetricsList.Read();
        (string File, string Name)[] named = [.. Documents.SelectMany(NamesIn)];

        Assert.True(named.Length > 50, $"Only {named.Length} names were found.");
        Assert.Empty(named.Where(one => !list.Knows(one.Name)).Select(static one => $"{one.File}: {one.Name}"));
    }

    [Fact]
    public void Labels_are_few_and_none_names_a_tenant_an_agent_or_a_connection()
    {
        string[] forbidden = ["tenant", "agent", "task", "subject", "connection", "session", "path", "url", "user"];
        Assert.All(MetricsList.Read().All, metric =>
        {
            Assert.InRange(metric.Labels.Length, 0, 3);
            Assert.Empty(metric.Labels.Intersect(forbidden));
        });
    }

    private static async Task<IEnumerable<ListedMetric>> FindAsync()
    {
        await using EdgeUnderTest edge = await EdgeUnderTest.StartAsync([("w1", "http://127.0.0.1:1")]);
        ListedMetric[] ofEdge = Collect(edge.Services, typeof(EdgeMetrics).Assembly, "edge");
        await using WebApplication worker = RunningWorker.Build(
            null, "--event_plane:redis:endpoints:0", "127.0.0.1:1");
        ListedMetric[] ofWorker = Collect(worker.Services, typeof(Realtime.Workers.WorkerHost).Assembly, "worker");
        return ofEdge.Concat(ofWorker).GroupBy(static one => one.Name).Select(static same => same.First() with
        {
            Processes = [.. same.SelectMany(static one => one.Processes).Distinct()],
        });
    }

    private static ListedMetric[] Collect(IServiceProvider services, Assembly assembly, string process)
    {
        IMeterFactory meters = services.GetRequiredService<IMeterFactory>();
        var found = new List<ListedMetric>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, _) =>
            {
                if (instrument.Meter.Scope == meters && instrument.Meter.Name.StartsWith(
                    "Realtime.", StringComparison.Ordinal) || instrument.Meter.Name == "System.Runtime")
                {
                    found.Add(Describe(instrument, process));
                }
            },
        };
        Assembly[] assemblies =
            [assembly, typeof(MetricsOptions).Assembly, typeof(Realtime.Log.LogOptions).Assembly];
        foreach (Type type in assemblies.SelectMany(static one => one.GetTypes())
            .Where(static type => type is { IsClass: true, IsAbstract: false }
                && type.Name.EndsWith("Metrics", StringComparison.Ordinal)))
        {
            services.GetService(type);
        }

        listener.Start();
        return [.. found];
    }

    private static ListedMetric Describe(Instrument instrument, string process)
    {
        Type type = instrument.GetType();
        string kind = type.Name.Split('`')[0];
        bool isDouble = type.GenericTypeArguments is [{ } value] && value == typeof(double);
        MetricType metric = kind switch
        {
            "Counter" or "ObservableCounter" => isDouble ? MetricType.DoubleSum : MetricType.LongSum,
            "Histogram" => MetricType.Histogram,
            "UpDownCounter" or "ObservableUpDownCounter" => MetricType.LongSumNonMonotonic,
            _ => isDouble ? MetricType.DoubleGauge : MetricType.LongGauge,
        };
        string unit = instrument.Unit ?? string.Empty;
        string name = PrometheusName.Of(instrument.Name, unit, metric);
        if (metric == MetricType.Histogram)
        {
            Assert.True(
                instrument is Histogram<double> { Advice.HistogramBucketBoundaries: not null }
                    or Histogram<long> { Advice.HistogramBucketBoundaries: not null },
                $"{name} has no bounds: give it one of Buckets.");
        }

        return new(
            name, PrometheusName.TypeOf(instrument.Name, metric)!,
            unit switch
            {
                "s" => "seconds",
                "By" => "bytes",
                "1" => "ratio",
                _ => unit.Trim('{', '}'),
            },
            RuntimeLabels.GetValueOrDefault(name) ?? Labels.Of(instrument), [process],
            instrument.Description ?? string.Empty);
    }

    private static IEnumerable<(string File, string Name)> NamesIn(string place)
    {
        string path = Path.Combine(Repository.Root, place);
        IEnumerable<string> files = File.Exists(path)
            ? [path]
            : Directory.EnumerateFiles(path, "*", SearchOption.AllDirectories)
                .Where(static file => Path.GetExtension(file) is ".md" or ".yaml" or ".yml" or ".json"
                    && !Repository.Show(file).Split('/').Any(static part =>
                        part is "bin" or "obj" or "node_modules" or "dist"));
        return files.SelectMany(file => Named().Matches(File.ReadAllText(file))
            .Select(match => (Repository.Show(file), match.Value)));
    }

    // Whole names: `realtime_x_total`, not `realtime_x_{a,b}_total` or `realtime_x_…`, which nobody could search for.
    [GeneratedRegex(@"\brealtime_[a-z_]+[a-z]\b(?![-.:/])")]
    private static partial Regex Named();
}

using System.Buffers;
using System.Diagnostics.Metrics;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;

namespace Realtime.Hosting.Metrics;

/// <summary>
/// Keeps what the instruments of one host measure. Several hosts may share a process: each hears its own instruments,
/// and those of the runtime, which are of nobody.
/// </summary>
internal sealed class MetricsPipeline : IDisposable
{
    // Ours are about 150; the runtime's and those that are named besides, as many again.
    private const int MetricsMax = 1000;

    private readonly SemaphoreSlim _turn = new(1);
    private readonly PrometheusExporter _exporter = new();
    private readonly MeterProvider _provider;
    private readonly IMeterFactory _meters;
    private readonly MetricsOptions _options;

    public MetricsPipeline(
        IMeterFactory meters, MetricsOptions options, OtlpOptions otlp, MetricsOrigin origin,
        IEnumerable<PartitionedInstruments> partitioned)
    {
        (_meters, _options) = (meters, options);
        int partitions = partitioned.Select(static one => one.Partitions).DefaultIfEmpty().Max();
        MeterProviderBuilder builder = Sdk.CreateMeterProviderBuilder()
            .ConfigureResource(resource => resource.Clear().AddService(
                $"realtime-{origin.Role}", serviceInstanceId: origin.Id, serviceVersion: origin.Version,
                autoGenerateServiceInstanceId: false))
            .AddMeter(["Realtime.*", "System.Runtime", .. options.Meters])
            .SetMaxMetricStreams(MetricsMax)
            .AddView(instrument => ViewOf(instrument, partitions))
            .AddReader(new BaseExportingMetricReader(_exporter));
        if (otlp.Endpoint is { } endpoint)
        {
            builder.AddOtlpExporter((exporter, reader) => Send(exporter, reader, otlp, endpoint));
        }

        _provider = builder.Build();
    }

    /// <summary>Metrics of which series were added up, since there were too many.</summary>
    public int Overflowing => _exporter.Overflowing;

    /// <summary>
    /// All of it, as text; null if it did not come in time. One at a time: who asks meanwhile waits.
    /// </summary>
    public async Task<ReadOnlyMemory<byte>?> ReadAsync(CancellationToken timeout)
    {
        await _turn.WaitAsync(timeout);
        try
        {
            var text = new ArrayBufferWriter<byte>(64 * 1024);
            _exporter.Output = text;
            return _exporter.Collect!((int)_options.ScrapeTimeout.TotalMilliseconds) ? text.WrittenMemory : null;
        }
        finally
        {
            _exporter.Output = null;
            _turn.Release();
        }
    }

    public void Dispose()
    {
        _provider.Dispose();
        _exporter.Dispose();
        _turn.Dispose();
    }

    private MetricStreamConfiguration ViewOf(Instrument instrument, int partitions)
    {
        if (instrument.Meter.Scope is { } scope && scope != _meters)
        {
            return MetricStreamConfiguration.Drop;
        }

        string[] labels = Labels.Of(instrument);
        Type kind = instrument.GetType().IsGenericType ? instrument.GetType().GetGenericTypeDefinition() : typeof(void);
        if (labels.Length == 0 && instrument.Meter.Scope is not null
            && (kind == typeof(Counter<>) || kind == typeof(UpDownCounter<>)))
        {
            _exporter.Expect(instrument.Name, kind == typeof(Counter<>), instrument.Description ?? string.Empty);
        }

        return new()
        {
            // One more: the SDK keeps one for what has no label.
            CardinalityLimit = labels.Contains(Labels.Partition)
                ? Math.Max(_options.SeriesMax, partitions + 1)
                : _options.SeriesMax,
        };
    }

    private static void Send(
        OtlpExporterOptions exporter, MetricReaderOptions reader, OtlpOptions otlp, string endpoint)
    {
        bool isGrpc = otlp.Protocol == OtlpProtocol.Grpc;
        exporter.Protocol = isGrpc ? OtlpExportProtocol.Grpc : OtlpExportProtocol.HttpProtobuf;
        exporter.Endpoint = new Uri(isGrpc ? endpoint : $"{endpoint.TrimEnd('/')}/v1/metrics");
        exporter.Headers = string.Join(',', otlp.Headers);
        exporter.TimeoutMilliseconds = (int)otlp.Timeout.TotalMilliseconds;
        PeriodicExportingMetricReaderOptions periodic = reader.PeriodicExportingMetricReaderOptions;
        periodic.ExportIntervalMilliseconds = (int)otlp.MetricsInterval.TotalMilliseconds;
        periodic.ExportTimeoutMilliseconds = (int)otlp.Timeout.TotalMilliseconds;
    }
}

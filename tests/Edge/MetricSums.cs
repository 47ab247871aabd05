using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Realtime.Edge;

namespace Realtime.Tests.Edge;

/// <summary>Adds up what an edge counts from now on, by instrument and labels.</summary>
internal sealed class MetricSums : IDisposable
{
    private readonly ConcurrentDictionary<string, long> _sums = new();
    private readonly MeterListener _listener;

    public MetricSums(EdgeUnderTest edge)
    {
        IMeterFactory meters = edge.Services.GetRequiredService<IMeterFactory>();
        _listener = new MeterListener
        {
            InstrumentPublished = (instrument, self) =>
            {
                if (instrument.Meter.Name == EdgeMetrics.MeterName && instrument.Meter.Scope == meters)
                {
                    self.EnableMeasurementEvents(instrument);
                }
            },
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) =>
        {
            string labels = string.Join(',', tags.ToArray().Select(tag => $"{tag.Key}={tag.Value}"));
            _sums.AddOrUpdate($"{instrument.Name} {labels}", value, (_, sum) => sum + value);
        });
        _listener.Start();
    }

    /// <summary>The sum, as <c>name label=value,…</c>; 0 if nothing was counted.</summary>
    public long this[string name] => _sums.GetValueOrDefault(name);

    public void Dispose() => _listener.Dispose();
}

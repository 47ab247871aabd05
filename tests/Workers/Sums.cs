using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Realtime.Tests.Workers;

/// <summary>What the counters of one worker add up to, by name and labels: <c>name label label</c>.</summary>
internal sealed class Sums : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly ConcurrentDictionary<string, long> _values = new(StringComparer.Ordinal);

    public Sums(RunningWorker worker, string meter)
    {
        // Other tests have meters of the same name; the factory is this worker's.
        IMeterFactory meters = worker.Get<IMeterFactory>();
        _listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Meter.Name == meter && ReferenceEquals(instrument.Meter.Scope, meters))
            {
                self.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, labels, _) =>
        {
            string name = instrument.Name;
            foreach (KeyValuePair<string, object?> label in labels)
            {
                name += $" {label.Value}";
            }

            _values.AddOrUpdate(name, value, (_, sum) => sum + value);
        });
        _listener.Start();
    }

    public IEnumerable<string> Names => _values.Keys;

    public long this[string name] => _values.GetValueOrDefault(name);

    public void Dispose() => _listener.Dispose();
}

using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Realtime.Workers.Tail;

namespace Realtime.Tests.Workers.Delivery.Terminals;

/// <summary>What the meters of one fixture say about terminals, by instrument and label.</summary>
internal sealed class Counters : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly ConcurrentDictionary<string, long> _values = new();

    public Counters(IMeterFactory meters)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == TerminalMetrics.Name && ReferenceEquals(instrument.Meter.Scope, meters))
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, labels, _) =>
            _values.AddOrUpdate(
                instrument.Name["realtime_terminal_".Length..]
                    + (labels.Length > 0 ? $":{labels[0].Value}" : string.Empty),
                value, (_, before) => before + value));
        _listener.Start();
    }

    public long this[string name] => _values.GetValueOrDefault(name);

    public void Dispose() => _listener.Dispose();
}

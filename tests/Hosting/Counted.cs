using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;

namespace Realtime.Tests.Hosting;

/// <summary>A factory of meters, and what is counted by them: by instrument and labels.</summary>
internal sealed class Counted : IDisposable
{
    private readonly ConcurrentDictionary<string, long> _sums = new();
    private readonly ServiceProvider? _services;
    private readonly MeterListener _listener;

    /// <summary>A factory of its own.</summary>
    public Counted()
        : this(new ServiceCollection().AddMetrics().BuildServiceProvider())
    {
    }

    /// <summary>What is counted by the meters of a host from now on.</summary>
    public Counted(IMeterFactory meters)
    {
        Meters = meters;
        _listener = new MeterListener
        {
            InstrumentPublished = (instrument, self) =>
            {
                if (instrument.Meter.Scope == Meters)
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

    private Counted(ServiceProvider services)
        : this(services.GetRequiredService<IMeterFactory>()) => _services = services;

    public IMeterFactory Meters { get; }

    /// <summary>The sum, as <c>name label=value,…</c>; 0 if nothing was counted.</summary>
    public long this[string name] => _sums.GetValueOrDefault(name);

    public void Dispose()
    {
        _listener.Dispose();
        _services?.Dispose();
    }
}

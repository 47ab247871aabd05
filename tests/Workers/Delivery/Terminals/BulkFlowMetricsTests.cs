using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Realtime.Tests.Support;
using Realtime.Workers.Delivery;
using Realtime.Workers.Delivery.Terminals;

namespace Realtime.Tests.Workers.Delivery.Terminals;

/// <summary>What an operator sees of flows.</summary>
public sealed class BulkFlowMetricsTests
{
    [Fact]
    public void What_is_in_flight_allowed_and_overdue_can_be_seen_and_goes_with_the_connection()
    {
        using ServiceProvider services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        IMeterFactory meters = services.GetRequiredService<IMeterFactory>();
        var values = new Dictionary<string, long>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, to) =>
        {
            if (ReferenceEquals(instrument.Meter.Scope, meters))
            {
                to.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, _, _) =>
            values[instrument.Name] = values.GetValueOrDefault(instrument.Name) + value);
        listener.Start();

        var clock = new ManualClock();
        var metrics = new DeliveryMetrics(meters);
        var first = new BulkFlow(new DeliveryOptions(), metrics, clock);
        var second = new BulkFlow(new DeliveryOptions(), metrics, clock);
        Sending sending = first.Sent(4096);
        second.Sent(1000);
        Assert.Equal(5096, values["realtime_delivery_bulk_in_flight_bytes"]);
        Assert.Equal(32 * 1024, values["realtime_delivery_bulk_allowance_bytes"]);
        first.Arrived(sending);
        Assert.Equal(1000, values["realtime_delivery_bulk_in_flight_bytes"]);
        clock.Advance(TimeSpan.FromMilliseconds(500));
        second.Overdue();
        Assert.Equal(1, values["realtime_delivery_bulk_overdue_total"]);
        Assert.Equal(48 * 1024, values["realtime_delivery_bulk_allowance_bytes"]);
        second.Dispose();
        Assert.Equal(0, values["realtime_delivery_bulk_in_flight_bytes"]);
        Assert.Equal(16 * 1024, values["realtime_delivery_bulk_allowance_bytes"]);
        first.Dispose();
        Assert.Equal(0, values["realtime_delivery_bulk_allowance_bytes"]);
    }
}

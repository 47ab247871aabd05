using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Realtime.Log;
using Realtime.Protocol;
using Realtime.Tests.Support;
using Realtime.Workers.Ingest;
using Realtime.Workers.Ingest.Sockets;

namespace Realtime.Tests.Workers.Ingest.Sockets;

public sealed class PublishSocketMetricsTests
{
    [Fact]
    public async Task Requests_pauses_and_refusals_on_sockets_are_counted()
    {
        var paused = new TerminalAppendResult(
            TerminalAppendStatus.Stored, 1, Epoch.Create(), new Pressure(PressureState.Pause, 9, 10));
        await using var log = new FaultyLog(RunningWorker.NewLog()) { InsteadOfTerminalAppend = () => paused };
        await using RunningWorker worker = await RunningWorker.StartAsync(log);
        var sums = new ConcurrentDictionary<string, long>();
        using MeterListener listener = Listen(worker, sums);
        using ProducerSocket producer = await ProducerSocket.OpenAsync(worker);

        await producer.AppendAsync(1, "t1", 0, "hello");
        Assert.Equal("pause", await producer.NextShortAsync());
        Assert.Equal("appended 1", await producer.NextShortAsync());
        await producer.SayAsync("""{"op":"publish","seq":2,"events":[]}""");
        Assert.Equal("bad_request 2", await producer.NextShortAsync());

        await Eventually.TrueAsync("nothing is in flight", () => sums["realtime_ingest_socket_in_flight"] == 0);
        Assert.Equal(1, sums["realtime_ingest_socket_pauses_total terminal"]);
        Assert.Equal(1, sums["realtime_ingest_requests_refused_total events bad_request"]);
        Assert.Equal(5, sums["realtime_ingest_terminal_bytes_total"]);
    }

    private static MeterListener Listen(RunningWorker worker, ConcurrentDictionary<string, long> sums)
    {
        var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, self) =>
        {
            // Other tests have meters of the same name; the factory is this worker's.
            if (instrument.Meter.Name is IngestMetrics.MeterName or PublishSocketMetrics.MeterName
                && instrument.Meter.Scope == worker.Get<IMeterFactory>())
            {
                self.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) =>
        {
            string name = instrument.Name;
            foreach (KeyValuePair<string, object?> tag in tags)
            {
                name += $" {tag.Value}";
            }

            sums.AddOrUpdate(name, value, (_, sum) => sum + value);
        });
        listener.Start();
        return listener;
    }
}

using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Realtime.Workers.Ingest;

namespace Realtime.Tests.Workers.Ingest;

public sealed class IngestMetricsTests
{
    [Fact]
    public async Task What_came_in_what_was_stored_and_what_was_refused_add_up()
    {
        await using RunningWorker worker = await RunningWorker.StartAsync();
        var sums = new ConcurrentDictionary<string, long>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, self) =>
        {
            // Other tests have meters of the same name; the factory is this worker's.
            if (instrument.Meter.Name == IngestMetrics.MeterName
                && instrument.Meter.Scope == worker.Get<IMeterFactory>())
            {
                self.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) =>
            sums.AddOrUpdate($"{instrument.Name} {ReasonOf(tags)}".Trim(), value, (_, sum) => sum + value));
        listener.Start();
        const string Keyed = """{"channel":"agents","type":"x","agent":"a1","key":"k","payload":1}""";
        string other = Keyed.Replace("1}", "2}", StringComparison.Ordinal);

        await worker.PostAsync("/v1/events", Keyed);
        await worker.PostAsync("/v1/events", $"[{Keyed},{other},{Keyed}]");
        await worker.PostAsync("/v1/events", "[]");
        await worker.PostAsync("/v1/events", Keyed, "read:*");
        await worker.PostBytesAsync("/v1/tasks/t1/terminal", new byte[7]);

        Assert.Equal(
            new SortedDictionary<string, long>(StringComparer.Ordinal)
            {
                ["realtime_ingest_batch_events"] = 4,
                ["realtime_ingest_events_total"] = 4,
                ["realtime_ingest_events_duplicate_total"] = 1,
                ["realtime_ingest_events_refused_total after_refused"] = 1,
                ["realtime_ingest_events_refused_total conflict"] = 1,
                ["realtime_ingest_events_stored_total"] = 1,
                ["realtime_ingest_requests_refused_total bad_request"] = 1,
                ["realtime_ingest_requests_refused_total forbidden"] = 1,
                ["realtime_ingest_terminal_bytes_total"] = 7,
                ["realtime_ingest_terminal_duplicate_bytes_total"] = 0,
                ["realtime_ingest_terminal_stored_bytes_total"] = 7,
            },
            new SortedDictionary<string, long>(sums, StringComparer.Ordinal));
    }

    private static string? ReasonOf(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        foreach (KeyValuePair<string, object?> tag in tags)
        {
            if (tag.Key == "reason")
            {
                return (string?)tag.Value;
            }
        }

        return null;
    }
}

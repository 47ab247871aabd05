using System.Diagnostics.Metrics;
using Realtime.Hosting.Metrics;

namespace Realtime.Workers.Ingest.Sockets;

/// <summary>
/// What happens on sockets of producers, besides what <see cref="IngestMetrics"/> count of both ways in.
/// </summary>
internal sealed class PublishSocketMetrics
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "Realtime.Ingest.Sockets";

    private readonly UpDownCounter<long> _inFlight;
    private readonly Counter<long> _pauses;
    private readonly Counter<long> _forgotten;

    public PublishSocketMetrics(IMeterFactory meters)
    {
        Meter meter = meters.Create(MeterName);
        _inFlight = meter.CreateUpDownCounter<long>(
            "realtime_ingest_socket_in_flight", "{request}", "Requests on sockets that were not answered yet.");
        _pauses = meter.CreateCounter<long>(
            "realtime_ingest_socket_pauses_total", "{pause}", "Times that a producer was told to pause, by what.",
            Labels.Named("what"));
        _forgotten = meter.CreateCounter<long>(
            "realtime_ingest_socket_refusals_forgotten_total", "{refusal}",
            "Refusals behind which nothing waits any more, because too many of other terminals came after them.");
    }

    public void Began() => _inFlight.Add(1);

    public void Ended(int requests) => _inFlight.Add(-requests);

    public void RefusalForgotten() => _forgotten.Add(1);

    public void Paused(bool isTerminal) =>
        _pauses.Add(1, new KeyValuePair<string, object?>("what", isTerminal ? "terminal" : "events"));
}

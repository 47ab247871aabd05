using System.Diagnostics.Metrics;

namespace Realtime.Workers.Ingest.Sockets;

/// <summary>
/// What happens on sockets of producers, besides what <see cref="IngestMetrics"/> count of both ways in.
/// </summary>
internal sealed class PublishSocketMetrics
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "Realtime.Workers.Ingest.Sockets";

    private readonly UpDownCounter<long> _inFlight;
    private readonly Counter<long> _pauses;

    public PublishSocketMetrics(IMeterFactory meters)
    {
        Meter meter = meters.Create(MeterName);
        _inFlight = meter.CreateUpDownCounter<long>(
            "realtime.ingest.socket.in_flight", "{request}", "Requests on sockets that were not answered yet.");
        _pauses = meter.CreateCounter<long>(
            "realtime.ingest.socket.pauses", "{pause}", "Times that a producer was told to pause, by what.");
    }

    public void Began() => _inFlight.Add(1);

    public void Ended(int requests) => _inFlight.Add(-requests);

    public void Paused(bool isTerminal) =>
        _pauses.Add(1, new KeyValuePair<string, object?>("what", isTerminal ? "terminal" : "events"));
}

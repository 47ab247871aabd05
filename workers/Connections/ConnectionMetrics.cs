using System.Diagnostics.Metrics;
using Realtime.Hosting.Metrics;
using Realtime.Protocol;

namespace Realtime.Workers.Connections;

/// <summary>Client connections of this worker.</summary>
internal sealed class ConnectionMetrics
{
    public const string Name = "Realtime.Connections";

    private readonly UpDownCounter<long> _open;
    private readonly Counter<long> _opened;
    private readonly Counter<long> _closed;
    private readonly Histogram<double> _seconds;
    private readonly Counter<long> _refused;
    private readonly Counter<long> _messages;
    private readonly Counter<long> _dead;
    private readonly Counter<long> _tooFast;
    private readonly Counter<long> _slowed;
    private readonly Counter<long> _renewals;
    private readonly Counter<long> _expiring;

    public ConnectionMetrics(IMeterFactory meters)
    {
        Meter meter = meters.Create(Name);
        _open = meter.CreateUpDownCounter<long>("realtime_connections", "{connection}", "Client connections open now.",
            Labels.Named("transport"));
        _opened = meter.CreateCounter<long>(
            "realtime_connections_opened_total", "{connection}", "Client connections that were opened.",
            Labels.Named("transport"));
        _seconds = meter.CreateHistogram<double>(
            "realtime_connection_duration_seconds", "s", "How long client connections were open.",
            Labels.Named("transport"), advice: Buckets.Duration);
        _closed = meter.CreateCounter<long>(
            "realtime_connections_closed_total", "{connection}",
            "Client connections that ended, by close code; 1006 = without one.",
            Labels.Named("transport", "code"));
        _refused = meter.CreateCounter<long>(
            "realtime_connections_refused_total", "{connection}",
            "Client connections refused by this worker, by reason.",
            Labels.Named("reason"));
        _dead = meter.CreateCounter<long>(
            "realtime_connections_dead_total", "{connection}",
            "Client connections whose peer was silent for two heartbeats, by kind.",
            Labels.Named("kind"));
        _renewals = meter.CreateCounter<long>(
            "realtime_token_renewals_total", "{token}",
            "Fresh tokens sent on open connections, by outcome: authenticated, late (the connection was over), or the "
            + "code of the error.",
            Labels.Named("outcome"));
        _expiring = meter.CreateCounter<long>(
            "realtime_connections_expiring_total", "{connection}",
            "Connections that were told that their token ends soon, by kind.",
            Labels.Named("kind"));
        _tooFast = meter.CreateCounter<long>(
            "realtime_connections_rate_refused_total", "{connection}",
            "Client connections closed 4429 because their peer sent too fast, by kind and by what.",
            Labels.Named("kind", "what"));
        _slowed = meter.CreateCounter<long>(
            "realtime_connections_slowed_total", "{wait}", "Times that a producer was not read for a while.");
        _messages = meter.CreateCounter<long>(
            "realtime_client_messages_total", "{message}", "Messages read from clients.");
    }

    public void Opened(string transport)
    {
        _opened.Add(1, Transport(transport));
        _open.Add(1, Transport(transport));
    }

    public void Closed(string transport, CloseCode? code, TimeSpan lasted)
    {
        _open.Add(-1, Transport(transport));
        _seconds.Record(lasted.TotalSeconds, Transport(transport));

        // A peer may send any registered number; only ours are labels.
        string label = code is { } known && Enum.IsDefined(known)
            ? ((int)known).ToString(System.Globalization.CultureInfo.InvariantCulture)
            : code is null ? "1006" : "other";
        _closed.Add(1, Transport(transport), new KeyValuePair<string, object?>("code", label));
    }

    public void Refused(string reason) => _refused.Add(1, new KeyValuePair<string, object?>("reason", reason));

    public void FoundDead(ConnectionKind kind) => _dead.Add(1, Kind(kind));

    public void Warned(ConnectionKind kind) => _expiring.Add(1, Kind(kind));

    /// <summary>A fresh token: <c>authenticated</c>, <c>late</c>, or a code of <c>ErrorCodes</c>.</summary>
    public void Renewed(string outcome) => _renewals.Add(1, new KeyValuePair<string, object?>("outcome", outcome));

    /// <summary>Counts one; <paramref name="what"/> is a word of <see cref="ConnectionRate"/>.</summary>
    public void TooFast(ConnectionKind kind, string what) => _tooFast.Add(
        1, new("kind", kind == ConnectionKind.Producer ? "producer" : "viewer"), new("what", what));

    public void Slowed() => _slowed.Add(1);

    public void MessageRead() => _messages.Add(1);

    private static KeyValuePair<string, object?> Kind(ConnectionKind kind) => new("kind", kind switch
    {
        ConnectionKind.Producer => "producer",
        ConnectionKind.Stream => "stream",
        _ => "viewer",
    });

    private static KeyValuePair<string, object?> Transport(string transport) => new("transport", transport);
}

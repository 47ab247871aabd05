using System.Collections.Frozen;
using System.Diagnostics.Metrics;
using System.Text.Json;
using Realtime.Edge.Forwarding;
using Realtime.Edge.Pages;
using Realtime.Hosting.Identity;
using Realtime.Hosting.Metrics;

namespace Realtime.Edge;

/// <summary>
/// What every stage takes in, gives on and refuses. Labels come from enums only, never from a client.
/// </summary>
internal sealed class EdgeMetrics
{
    public const string MeterName = "Realtime.Edge";

    private readonly Counter<long> _requests;
    private readonly Counter<long> _refused;
    private readonly Counter<long> _attempts;
    private readonly Counter<long> _pages;
    private readonly Counter<long> _breakers;
    private readonly Counter<long> _cut;
    private readonly Counter<long> _clocksApart;
    private readonly UpDownCounter<long> _connections;
    private readonly Counter<long> _opened;
    private readonly Counter<long> _responses;
    private readonly Histogram<double> _connectionSeconds;
    private readonly Histogram<double> _stageSeconds;

    public EdgeMetrics(IMeterFactory meters)
    {
        Meter meter = meters.Create(MeterName);
        _requests = meter.CreateCounter<long>(
            "realtime_edge_requests_total", "{request}",
            "Requests and handshakes that asked to be forwarded, by kind.",
            Labels.Named("kind"));
        _refused = meter.CreateCounter<long>(
            "realtime_edge_refused_total", "{request}", "Requests that the edge refused, by stage and reason.",
            Labels.Named("stage", "reason"));
        _attempts = meter.CreateCounter<long>(
            "realtime_edge_forward_attempts_total", "{attempt}", "Attempts at a worker, by outcome.",
            Labels.Named("outcome"));
        _pages = meter.CreateCounter<long>(
            "realtime_edge_pages_total", "{request}", "Requests for files of the pages, by answer.",
            Labels.Named("answer"));
        _breakers = meter.CreateCounter<long>(
            "realtime_edge_breaker_transitions_total", "{transition}", "Breakers of workers, by what they became.",
            Labels.Named("state"));
        _cut = meter.CreateCounter<long>(
            "realtime_edge_connections_cut_total", "{connection}",
            "Connections and requests that were cut, by reason.",
            Labels.Named("reason"));
        _clocksApart = meter.CreateCounter<long>(
            "realtime_edge_worker_clocks_apart_total", "{worker}",
            "How often a worker's clock was found to be off this edge's by more than internal_clock_skew.");
        _connections = meter.CreateUpDownCounter<long>(
            "realtime_edge_connections", "{connection}", "Open connections, by kind.",
            Labels.Named("kind"));
        _opened = meter.CreateCounter<long>(
            "realtime_edge_connections_opened_total", "{connection}", "Connections opened, by kind.",
            Labels.Named("kind"));
        _connectionSeconds = meter.CreateHistogram<double>(
            "realtime_edge_connection_duration_seconds", "s", "How long connections were open, by kind.",
            Labels.Named("kind"), advice: Buckets.Duration);
        _responses = meter.CreateCounter<long>(
            "realtime_edge_responses_total", "{response}",
            "Answers to what was to be forwarded, the workers' and the edge's own, by kind and class of status.",
            Labels.Named("kind", "class"));
        _stageSeconds = meter.CreateHistogram<double>(
            "realtime_edge_stage_duration_seconds", "s", "Time in a stage; in forwarding, that of requests alone.",
            Labels.Named("stage"), advice: Buckets.Latency);
    }

    public void Requested(TrafficKind kind) => _requests.Add(1, Label("kind", kind));

    public void Refused(EdgeStage stage, EdgeRefusal reason) =>
        _refused.Add(1, Label("stage", stage), Label("reason", reason));

    public void Refused(TokenFailure failure) =>
        _refused.Add(1, Label("stage", EdgeStage.Auth), Label("reason", failure));

    public void Attempted(AttemptOutcome outcome) => _attempts.Add(1, Label("outcome", outcome));

    public void BreakerBecame(BreakerState state) => _breakers.Add(1, Label("state", state));

    public void Cut(ConnectionCut reason, long count = 1) => _cut.Add(count, Label("reason", reason));

    public void ClockApart() => _clocksApart.Add(1);

    public void PageAnswered(PageAnswer answer) => _pages.Add(1, Label("answer", answer));

    public void ConnectionOpened(TrafficKind kind)
    {
        _opened.Add(1, Label("kind", kind));
        _connections.Add(1, Label("kind", kind));
    }

    public void ConnectionClosed(TrafficKind kind, TimeSpan lasted)
    {
        _connections.Add(-1, Label("kind", kind));
        _connectionSeconds.Record(lasted.TotalSeconds, Label("kind", kind));
    }

    /// <summary>A worker may answer any number; only its class is a label.</summary>
    public void Responded(TrafficKind kind, int status) => _responses.Add(
        1, Label("kind", kind), new KeyValuePair<string, object?>("class", (status / 100) switch
        {
            1 => "1xx",
            2 => "2xx",
            3 => "3xx",
            4 => "4xx",
            _ => "5xx",
        }));

    public void Spent(EdgeStage stage, TimeSpan time) => _stageSeconds.Record(time.TotalSeconds, Label("stage", stage));

    private static KeyValuePair<string, object?> Label<T>(string name, T value)
        where T : struct, Enum => new(name, Labels<T>.Of(value));

    /// <summary>The snake_case names of an enum's values, made once.</summary>
    private static class Labels<T>
        where T : struct, Enum
    {
        private static readonly FrozenDictionary<T, string> Names = Enum.GetValues<T>().ToFrozenDictionary(
            value => value, value => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString()));

        public static string Of(T value) => Names[value];
    }
}
